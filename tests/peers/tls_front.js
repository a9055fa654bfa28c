// TLS in front of a plain port, as an ingress would be it: asks its clients for a certificate of the given authority.
//   node tls_front.js --cert FILE --key FILE --ca FILE --to PORT
// Prints "READY <port>"; ends with stdin or SIGTERM.
'use strict';
const fs = require('fs');
const net = require('net');
const tls = require('tls');
const { parseArgs } = require('util');

const text = { type: 'string' };
const { values: options } = parseArgs({ options: { cert: text, key: text, ca: text, to: text } });

const server = tls.createServer(
  {
    cert: fs.readFileSync(options.cert),
    key: fs.readFileSync(options.key),
    ca: fs.readFileSync(options.ca),
    requestCert: true,
    rejectUnauthorized: true,
  },
  (client) => {
    const mesh = net.connect(Number(options.to), '127.0.0.1');
    client.pipe(mesh).pipe(client);
    for (const [one, other] of [[client, mesh], [mesh, client]]) one.on('error', () => other.destroy());
  }
);
server.on('tlsClientError', () => {});
server.listen(0, '127.0.0.1', () => console.log(`READY ${server.address().port}`));
for (const end of ['SIGTERM', 'SIGINT']) process.on(end, () => process.exit(0));
process.stdin.on('end', () => process.exit(0)).resume();
