// A JavaScript happn or happner client driven by lines of JSON: one command a line on stdin, one result or event a
// line on stdout; what the libraries log goes to stderr. Ends when stdin ends.
//   node client.js happn-3@1.12.1 | happn-3@3.1.1 | happn-3@12.1.10 | happn-3@13.12.1
//                  | mesh-client@2.13.0 | mesh-client@5.2.1 | mesh-client@11.16.1 | mesh-client@13.1.1
//                  | happner-client@2.0.0 | happner-client@11.6.7 | happner-client@12.7.6
//                  | light-client@11.6.7 | light-client@12.7.6
//
//   -> {"id":1,"command":"connect","host":"127.0.0.1","port":55000,"username":"tester","password":"pw","mesh":"TestNode"}
//   <- {"id":1,"result":{"session":"<session id>","token":"<only when secure>"}}
//   -> {"id":2,"command":"on","path":"/a/*","options":{"event_type":"set"}}
//   <- {"id":2,"result":{"subscription":0}}
//   <- {"event":"message","subscription":2,"data":{..},"meta":{..}}     subscription: the id of the on command
//   -> {"id":3,"command":"call","component":"componentName","method":"methodName","args":[1,2]}
//   <- {"id":3,"result":{"a":1,"b":2},"results":[{"a":1,"b":2}]}        results: every argument after the error
//   <- {"id":4,"error":{"message":"errr","name":"Error","code":418}}
// A happn client's connect takes a call_timeout in ms, how long it waits for any answer (default: a minute).
// Other commands: set{path,data,options} get{path,options} remove{path,options} off{subscription} off_path{path}
// event{component,key} disconnect logout drop (cuts the socket, as a broken network would).
// Other events: connection-ended, reconnect-scheduled, reconnected, session-ended.
'use strict';
const readline = require('readline');
const packages = require('./packages');
packages.keep_stdout_for_results();
const { create, from_callback } = require('./clients');

const client = create(process.argv[2]);
const subscriptions = new Map(); // id of the on command -> handle of the library

function print(value) {
  packages.print(JSON.stringify(value));
}

function plain_error(error) {
  if (!(error instanceof Error)) return { message: String((error && error.message) || error), ...Object(error) };
  return { ...error, message: error.message, name: error.name };
}

function watch_connection(happn) {
  happn.onEvent('connection-ended', () => print({ event: 'connection-ended' }));
  happn.onEvent('reconnect-scheduled', () => print({ event: 'reconnect-scheduled' }));
  happn.onEvent('reconnect-successful', () => print({ event: 'reconnected', session: happn.session.id }));
  happn.onEvent('session-ended', (data) => print({ event: 'session-ended', data }));
}

// The websocket below Primus: ended without a close frame.
function cut_socket(happn) {
  happn.socket.socket.terminate();
}

const commands = {
  async connect(c) {
    await client.connect(c);
    const happn = client.happn();
    watch_connection(happn);
    return { result: { session: happn.session.id, token: happn.session.token } };
  },
  async set({ path, data, options }) {
    const [result] = await from_callback((done) => client.happn().set(path, data, options || {}, done));
    return { result };
  },
  // Answers when every subscriber has acknowledged it.
  async set_acknowledged({ path, data }) {
    const onPublished = (error, result) => settle(error, result);
    let settle;
    const published = new Promise((resolve, reject) => {
      settle = (error, result) => (error ? reject(error) : resolve(result));
    });
    await from_callback((done) => client.happn().set(path, data, { consistency: 3, onPublished }, done));
    return { result: await published };
  },
  async get({ path, options }) {
    const [result] = await from_callback((done) => client.happn().get(path, options || {}, done));
    return { result };
  },
  async remove({ path, options }) {
    const [result] = await from_callback((done) => client.happn().remove(path, options || {}, done));
    return { result };
  },
  async on({ id, path, options }) {
    const deliver = (data, meta) => print({ event: 'message', subscription: id, data, meta });
    const [handle, initial] = await from_callback((done) => client.happn().on(path, { ...options }, deliver, done));
    subscriptions.set(id, handle);
    return { result: Array.isArray(initial) ? { subscription: id, initial } : { subscription: id } };
  },
  async off({ subscription }) {
    await from_callback((done) => client.happn().off(subscriptions.get(subscription), done));
    subscriptions.delete(subscription);
    return { result: null };
  },
  async off_path({ path }) {
    await from_callback((done) => client.happn().offPath(path, done));
    return { result: null };
  },
  async call({ component, method, args }) {
    const results = await client.call(component, method, args || []);
    return { result: results[0], results };
  },
  async event({ id, component, key }) {
    await client.on_event(component, key, (data, meta) => print({ event: 'message', subscription: id, data, meta }));
    return { result: { subscription: id } };
  },
  async disconnect() {
    await client.disconnect();
    return { result: null };
  },
  // A mesh client's: gives the token back, if the mesh knows how.
  async logout() {
    await client.logout();
    return { result: null };
  },
  async drop() {
    cut_socket(client.happn());
    return { result: null };
  },
};

async function run(command) {
  const { id } = command;
  try {
    if (!commands[command.command]) throw new Error(`no such command: ${command.command}`);
    const answer = await commands[command.command](command);
    print({ id, ...answer, result: answer.result === undefined ? null : answer.result });
  } catch (error) {
    print({ id, error: plain_error(error) });
  }
}

readline
  .createInterface({ input: process.stdin })
  .on('line', (line) => run(JSON.parse(line)))
  .on('close', () => process.exit(0));
print({ event: 'started', kind: process.argv[2] });
