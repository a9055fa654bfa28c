// A client that knows nothing of the gateway but its OpenAPI document: openapi-client-axios makes a function of
// each operation.
//   node openapi_client.js DOCUMENT_URL [TOKEN]
// Prints {"operations": [ids]}. A line {"operation", "parameters", "body"} on stdin calls one, as the document's
// `security` wants it; answered by {"status", "data"}. Ends with stdin.
'use strict';
const readline = require('readline');
const { default: OpenAPIClientAxios } = require('openapi-client-axios');
const { default: axios } = require('axios');

const print = (value) => process.stdout.write(JSON.stringify(value) + '\n');

/// Only what an operation asks for is sent with it.
function credentials(operation, document, token) {
  const wanted = operation.security || [];
  const schemes = (document.components || {}).securitySchemes || {};
  const bearer = wanted.some((one) => Object.keys(one).some((name) => schemes[name].scheme === 'bearer'));
  return bearer && token ? { Authorization: `Bearer ${token}` } : {};
}

async function main([url, token]) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const { data: document } = await axios.get(url, { headers });
  const api = new OpenAPIClientAxios({
    definition: document,
    withServer: { url: new URL(document.servers[0].url, url).href.replace(/\/$/, '') },
    axiosConfigDefaults: { validateStatus: () => true },
  });
  const client = await api.init();
  print({ operations: api.getOperations().map((operation) => operation.operationId) });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { operation: id, parameters = null, body = null } = JSON.parse(line);
    const own = credentials(api.getOperation(id), document, token);
    const { status, data } = await client[id](parameters, body, { headers: own });
    print({ status, data });
  }
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
