// An HTTP service as companies have them: it fails, redirects, stalls and counts, as the path says.
//   node service.js [--cert FILE --key FILE] [--client-ca FILE]
// Prints "READY <port>", then a line of JSON for each request: method, url, headers, body, connection (a number).
'use strict';
const fs = require('fs');
const http = require('http');
const https = require('https');
const zlib = require('zlib');
const { parseArgs } = require('util');

const text = { type: 'string' };
const { values: options } = parseArgs({ options: { cert: text, key: text, 'client-ca': text } });

const MEBIBYTE = 1024 * 1024;
const seen = new Map(); // how often each path was asked for
const held = [];
const spilling = [];
const connections = new WeakMap();
let lastConnection = 0;

function numberOf(socket) {
  if (!connections.has(socket)) connections.set(socket, ++lastConnection);
  return connections.get(socket);
}

const UNASKED = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\nunasked';

function json(response, status, value, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

const endpoints = {
  // /weather/CITY
  weather: (response, [city]) =>
    city === 'nowhere' ? json(response, 404, { reason: 'no such city' }) : json(response, 200, { city, celsius: 21.50 }),
  // /status/CODE
  status: (response, [code]) => json(response, Number(code), { code: Number(code) }),
  // /fail/TIMES/STATUS/KEY: then 200
  fail: (response, [times, status], count) =>
    count <= Number(times) ? json(response, Number(status), {}) : json(response, 200, { attempts: count }),
  // /busy/SECONDS/KEY: 429 once
  busy: (response, [seconds], count) =>
    count === 1 ? json(response, 429, {}, { 'Retry-After': seconds }) : json(response, 200, { attempts: count }),
  // /busy_until/SECONDS/KEY: 503 once, until a date so many seconds from now
  busy_until: (response, [seconds], count) =>
    count === 1
      ? json(response, 503, {}, { 'Retry-After': new Date(Date.now() + 1000 * seconds).toUTCString() })
      : json(response, 200, { attempts: count }),
  // /redirect/URL (encoded)
  redirect: (response, [to]) => response.writeHead(302, { Location: decodeURIComponent(to) }).end(),
  // /circle: leads to itself
  circle: (response) => response.writeHead(302, { Location: '/circle' }).end(),
  stall: () => {},
  // /held/KEY: answered when the next request for /release comes
  held: (response) => held.push(response),
  release: (response) => {
    for (const waiting of held.splice(0)) json(waiting, 200, { held: true });
    json(response, 200, {});
  },
  // /drip: there is always a little more
  drip: (response) => {
    response.writeHead(200, { 'Content-Type': 'text/plain' });
    const dripping = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(dripping));
  },
  // One mebibyte that is a kilobyte when packed
  large: (response) => {
    response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Encoding': 'gzip' });
    response.end(zlib.gzipSync(Buffer.alloc(MEBIBYTE, 'a')));
  },
  // /cut/TIMES/KEY: the connection breaks, then 200
  cut: (response, [times], count) =>
    count <= Number(times) ? response.socket.destroy() : json(response, 200, { attempts: count }),
  // /leaky/KEY: an answer like others; on /spill comes another on its connection, that nobody has asked for
  leaky: (response, [key]) => {
    spilling.push(response.socket);
    response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': key.length }).end(key);
  },
  spill: async (response) => {
    const spilt = (socket) => new Promise((done) => socket.write(UNASKED, done));
    await Promise.all(spilling.splice(0).map(spilt));
    json(response, 200, {});
  },
  // /overflowing/KEY: the same, but at once, in one piece with the end of the answer
  overflowing: (response, [key]) => {
    response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': key.length }).flushHeaders();
    response.end(key + UNASKED);
  },
  text: (response) => response.writeHead(200, { 'Content-Type': 'text/plain' }).end('plain words'),
  broken: (response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"a":'),
  hook: (response) => response.writeHead(204).end(),
  count: (response, _, count) => json(response, 200, { count }),
  // /vary/WHAT
  vary: (response, [what], count) => json(response, 200, { count }, { Vary: decodeURIComponent(what) }),
};

function serve(request, response) {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString();
    const { method, url, headers, socket } = request;
    console.log(JSON.stringify({ method, url, headers, body, connection: numberOf(socket) }));
    const path = url.split('?')[0];
    const count = (seen.get(path) || 0) + 1;
    seen.set(path, count);
    const [, name, ...rest] = path.split('/');
    const endpoint = endpoints[name];
    endpoint ? endpoint(response, rest, count) : json(response, 404, { reason: 'no such path' });
  });
}

const tls = options.cert && {
  cert: fs.readFileSync(options.cert),
  key: fs.readFileSync(options.key),
  ...(options['client-ca'] && {
    ca: fs.readFileSync(options['client-ca']),
    requestCert: true,
    rejectUnauthorized: true,
  }),
};
const server = tls ? https.createServer(tls, serve) : http.createServer(serve);
server.listen(0, '127.0.0.1', () => console.log(`READY ${server.address().port}`));
for (const end of ['SIGTERM', 'SIGINT']) process.on(end, () => process.exit(0));
process.stdin.on('end', () => process.exit(0)).resume();
