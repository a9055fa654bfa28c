// Real happn servers (each in a process of its own) and a raw websocket client for them.
//   node raw_peers.js VERSION      serves that happn-3 insecurely, in memory; prints "PORT <n>"
// As a module: start(version) -> { port, stop(), died }, connect(port, protocol) -> client.
'use strict';
const { spawn } = require('child_process');
const WebSocket = require('ws');
const packages = require('./packages');

function free_port() {
  return new Promise((resolve) => {
    const probe = require('net').createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function serve(version) {
  packages.keep_stdout_for_results();
  const happn = packages.load('happn-3', version);
  const port = await free_port();
  const config = { name: 'node', host: '127.0.0.1', port, util: { logLevel: 'error' } };
  happn.service.create(config, (error) => {
    if (error) throw error;
    packages.print(`PORT ${port}`);
  });
  process.stdin.on('end', () => process.exit(0)).resume(); // never outlive who started it
}

function start(version) {
  const child = spawn(process.execPath, [__filename, version], { stdio: ['pipe', 'pipe', 'pipe'] });
  const server = { pid: child.pid, died: false, log: '' };
  child.stderr.on('data', (text) => (server.log += text));
  const ended = new Promise((resolve) => child.on('exit', resolve));
  ended.then(() => (server.died = true));
  server.stop = () => {
    child.kill('SIGKILL');
    return ended;
  };
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => {
      const found = /PORT (\d+)/.exec(text);
      if (found) resolve(Object.assign(server, { port: Number(found[1]) }));
    });
    ended.then(() => reject(new Error('server ended: ' + server.log)));
  });
}

// protocol null: no configure-session at all. frames: everything received that answers no request.
async function connect(port, protocol, login = true) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/primus?_primuscb=x`, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  const waiting = new Map();
  const client = { frames: [], session: undefined, event_id: 0, closed: false };
  socket.on('error', () => {}).on('close', () => (client.closed = true));
  socket.on('message', (text) => {
    const frame = JSON.parse(text);
    if (typeof frame === 'string') {
      if (frame.startsWith('primus::ping::')) socket.send(JSON.stringify(frame.replace('ping', 'pong')));
      return;
    }
    const meta = Array.isArray(frame) ? frame[frame.length - 1] : frame._meta;
    const waiter = meta && meta.type !== 'data' && meta.type !== 'ack' && waiting.get(meta.eventId);
    if (!waiter) return client.frames.push(frame);
    waiting.delete(meta.eventId);
    waiter(frame);
  });
  // -> the answering frame, or null after `patience` ms of silence
  client.ask = (request, patience = 1000) => {
    const eventId = ++client.event_id;
    const frame = { eventId, ...request };
    if (client.session && !('sessionId' in frame)) frame.sessionId = client.session;
    socket.send(JSON.stringify(frame));
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), patience);
      waiting.set(eventId, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
    });
  };
  client.close = () => socket.terminate();
  if (protocol) await client.ask({ action: 'configure-session', data: { protocol, version: '1.0.0', browser: false } });
  if (login) {
    const answer = await client.ask({ action: 'login', data: { username: 'u', password: 'p', info: {}, protocol } }, 5000);
    client.session = answer.data.id;
  }
  return client;
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

if (require.main === module) serve(process.argv[2]);
module.exports = { start, connect, sleep };
