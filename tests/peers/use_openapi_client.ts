// A program of somebody who has had a client written from the gateway's OpenAPI document. It compiles only if the types
// say what the mapping files say. Prints a line of JSON for each step.
import { client } from './client/client.gen';
import * as gateway from './client';

declare const process: { argv: string[]; exit(code: number): never };

const print = (step: string, value: unknown) => console.log(JSON.stringify({ [step]: value }));

async function log_in(username: string, password: string): Promise<string> {
  const { data } = await gateway.restLogin({ body: { username, password }, throwOnError: true });
  return data.data.token;
}

async function use_routes() {
  const stored = await gateway.storeItem({ path: { item: 'i1' }, query: { unit: 'kg' }, body: { value: 7 } });
  print('stored', [stored.response.status, stored.data]);
  const found = await gateway.search({ query: { text: 'a b&c', limit: 5 } });
  print('found', found.data);
  const refused = await gateway.search({ query: { text: 'a', limit: 1000 } });
  print('refused', [refused.response.status, refused.error?.name]);
  // @ts-expect-error: the text is required
  void (() => gateway.search({ query: {} }));
}

async function use_bodies() {
  const form = await gateway.takeForm({ body: { name: 'a b', note: '1&2' } });
  print('form', form.data);
  const text = await gateway.takeText({ body: 'plain, "as it is"' });
  print('text', text.data);
  const bytes = await gateway.takeBytes({ body: new Blob([new Uint8Array([0, 255, 10])]) });
  print('bytes', bytes.data);
}

async function use_methods() {
  const called = await gateway.componentNameMethodName({ body: { parameters: { a: 1, b: 'two' } } });
  print('called', called.data?.data);
  const counted = await gateway.inventoryCount({ body: { parameters: { sku: 'A1', size: 'M' } } });
  const count: number | undefined = counted.data?.data.count;
  print('counted', count);
  const failed = await gateway.componentNameErroringMethodName({ body: {} });
  print('failed', [failed.response.status, failed.error]);
  // @ts-expect-error: there is no such size
  void (() => gateway.inventoryCount({ body: { parameters: { sku: 'A1', size: 'XXL' } } }));
}

async function read_stream() {
  const { stream } = await gateway.watchItem({ path: { item: 'i1' } });
  for await (const item of stream) {
    print('item', item);
    return;
  }
}

async function main([url, username, password]: string[]) {
  client.setConfig({ baseUrl: url });
  const token = await log_in(username, password);
  client.setConfig({ auth: token });
  await use_routes();
  await use_bodies();
  await use_methods();
  await read_stream();
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
