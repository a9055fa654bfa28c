// A real happner-2 mesh named TestNode with the components of components.js and odd_methods.js.
//   node mesh.js --generation 2.13.0|5.2.1|11.16.1|13.1.1 [--port N] [--secure] [--cert FILE --key FILE] [--endpoint NAME=PORT]
//     [--domain NAME] [--encrypt-payloads] [--recorded-rights] [--no-account-lock]
//     [--logout-over-http]     users may give their tokens back at /auth/logout, which only the newest generation has
//     [--session-ttl TIME]     "3 seconds", of tester's sessions
//     [--acknowledge-within MS]  how long a publication waits for the acknowledgements of its subscribers
// Prints "READY <port>" on stdout when clients can connect; logs go to stderr (LOG_LEVEL, default error).
// Ends on SIGTERM, SIGINT or the end of stdin, so that it never outlives who started it.
// A line "stop reconnect" or "stop stay-away" on stdin stops it as SIGTERM does (which is the former), and tells its
// clients to come back or not to.
// A line "revoke USER" on stdin revokes what that user's sessions are based on; answered by "REVOKED <number>".
// A line "link USER" on stdin gives that user the rights of testers; "LINKED USER".
// A line "sessions USER" on stdin counts that user's sessions: "SESSIONS <number>".
// A line "add NAME" makes a component with the methods hello and count, "remove NAME" takes it away; "ADDED NAME", "REMOVED NAME".
// With --secure, besides _ADMIN/happn: tester/pw and user0/pw .. user9/pw may call both components, get their
// events, read /rest/describe and (from 11.16.1 on) use data below /allowed; nobody/pw may do nothing. With
// --recorded-rights tester has the rights of the recorded captures instead: one method, and one web page.
'use strict';
const fs = require('fs');
const net = require('net');
const readline = require('readline');
const { parseArgs } = require('util');
const packages = require('./packages');
const { ComponentName, TestTools } = require('./components');
const { OddMethods } = require('./odd_methods');

const { values: options } = parseArgs({
  options: {
    generation: { type: 'string', default: '13.1.1' },
    port: { type: 'string', default: '0' },
    secure: { type: 'boolean', default: false },
    cert: { type: 'string' },
    key: { type: 'string' },
    endpoint: { type: 'string' },
    domain: { type: 'string' },
    'session-ttl': { type: 'string' },
    'encrypt-payloads': { type: 'boolean', default: false },
    'recorded-rights': { type: 'boolean', default: false },
    'acknowledge-within': { type: 'string' },
    'logout-over-http': { type: 'boolean', default: false },
    'no-account-lock': { type: 'boolean', default: false },
  },
});

function free_port() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function security_config() {
  const config = {};
  if (options['session-ttl']) {
    const policy = { ttl: options['session-ttl'], inactivity_threshold: Infinity };
    config.profiles = [{ name: 'short', session: { 'user.username': { $eq: 'tester' } }, policy }];
  }
  if (options['logout-over-http']) config.allowLogoutOverHttp = true;
  if (options['no-account-lock']) config.accountLockout = { enabled: false };
  return config;
}

function mesh_config(port) {
  const happn = { host: '127.0.0.1', port, secure: options.secure, setOptions: {} };
  if (options.secure) happn.adminPassword = 'happn';
  happn.services = { security: { config: security_config() } };
  if (options['acknowledge-within']) {
    const publicationOptions = { acknowledgeTimeout: Number(options['acknowledge-within']) };
    happn.services.publisher = { config: { publicationOptions } };
  }
  if (options['encrypt-payloads']) happn.encryptPayloads = true;
  if (options.cert) {
    // Not certPath and keyPath: happn-3 13.12.1 replaces those files by a certificate of its own.
    const text = (file) => fs.readFileSync(file, 'utf8');
    const config = { mode: 'https', cert: text(options.cert), key: text(options.key) };
    happn.services.transport = { config };
  }
  const [endpoint, endpoint_port] = (options.endpoint || '').split('=');
  return {
    name: 'TestNode',
    domain: options.domain,
    endpoints: endpoint ? { [endpoint]: { config: { host: '127.0.0.1', port: Number(endpoint_port) } } } : {},
    util: { logLevel: process.env.LOG_LEVEL },
    happn,
    modules: {
      componentName: { instance: new ComponentName() },
      testTools: { instance: new TestTools() },
      oddMethods: { instance: new OddMethods() },
    },
    components: {
      data: {},
      componentName: {
        module: 'componentName',
        web: { routes: { webMethod: 'webMethod' } },
      },
      testTools: { module: 'testTools' },
      oddMethods: { module: 'oddMethods' },
    },
  };
}

function rights_of_testers() {
  if (options['recorded-rights']) {
    return {
      methods: { '/TestNode/componentName/methodName': { authorized: true } },
      web: { '/componentName/webMethod': { actions: ['get'] } },
    };
  }
  return {
    methods: { '/TestNode/componentName/*': { authorized: true }, '/TestNode/testTools/*': { authorized: true } },
    events: { '/TestNode/componentName/*': { authorized: true }, '/TestNode/testTools/*': { authorized: true } },
    web: { '/rest/describe': { actions: ['get'] } },
    data: { '/allowed/*': { actions: ['get', 'set', 'on', 'remove'] } },
  };
}

function asker(security) {
  return (method, ...args) =>
    new Promise((resolve, reject) => security[method](...args, (e, answer) => (e ? reject(e) : resolve(answer))));
}

async function add_users(security) {
  const ask = asker(security);
  const testers = await ask('addGroup', { name: 'testers', permissions: rights_of_testers() });
  const names = ['tester', ...Array.from({ length: 10 }, (_, i) => `user${i}`)];
  for (const username of names) {
    await ask('linkGroup', testers, await ask('addUser', { username, password: 'pw' }));
  }
  await ask('addUser', { username: 'nobody', password: 'pw' });
}

async function link(mesh, username) {
  const ask = asker(mesh.exchange.security);
  await ask('linkGroup', await ask('getGroup', 'testers'), await ask('getUser', username));
  packages.print(`LINKED ${username}`);
}

let stopping = false;
function stop_mesh(mesh, reconnect) {
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(1), 5000).unref(); // a mesh that cannot stop must still end
  mesh.stop({ reconnect }, () => process.exit(0));
}

function stop_when_asked(mesh) {
  const stop = () => stop_mesh(mesh, true);
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.stdin.on('end', stop).on('close', stop).resume();
}

function sessions_of(mesh, username) {
  return Object.values(mesh._mesh.happn.server.services.session.__sessions)
    .map((entry) => entry.data)
    .filter((data) => data && data.token && data.user && data.user.username === username);
}

/// The old generation revokes sessions, whose sockets stay open; the new one tokens, whose sessions it closes.
async function revoke(mesh, username) {
  const { security } = mesh._mesh.happn.server.services;
  const theirs = sessions_of(mesh, username);
  for (const data of theirs) {
    await new Promise((resolve, reject) => {
      const done = (error) => (error ? reject(error) : resolve());
      if (security.revokeToken) security.revokeToken(data.token, 'test', done);
      else security.revokeSession(data, 'test', done);
    });
  }
  packages.print(`REVOKED ${theirs.length}`);
}

/// As a broker does when a provider of a component comes and goes: the mesh describes itself anew.
async function add_component(mesh, name) {
  const instance = {
    calls: 0,
    hello: function (callback) {
      callback(null, `hello from ${name}`);
    },
    count: function (a, b, callback) {
      callback(null, { a, b, calls: ++this.calls });
    },
  };
  await mesh._createElement({ component: { name, config: {} }, module: { name, config: { instance } } }, true);
  packages.print(`ADDED ${name}`);
}

async function remove_component(mesh, name) {
  await mesh._destroyElement(name);
  packages.print(`REMOVED ${name}`);
}

function obey(mesh) {
  readline.createInterface({ input: process.stdin }).on('line', (line) => {
    const [command, argument] = line.split(' ');
    if (command === 'revoke') revoke(mesh, argument).catch(fail);
    if (command === 'link') link(mesh, argument).catch(fail);
    if (command === 'sessions') packages.print(`SESSIONS ${sessions_of(mesh, argument).length}`);
    if (command === 'add') add_component(mesh, argument).catch(fail);
    if (command === 'remove') remove_component(mesh, argument).catch(fail);
    if (command === 'stop') stop_mesh(mesh, argument !== 'stay-away');
  });
}

function fail(error) {
  console.error('mesh did not start:', error);
  process.exit(1);
}

async function main() {
  packages.keep_stdout_for_results();
  const Mesh = packages.load('happner-2', options.generation);
  const port = Number(options.port) || (await free_port());
  Mesh.create(mesh_config(port), async (error, mesh) => {
    if (error) return fail(error);
    try {
      if (options.secure) await add_users(mesh.exchange.security);
      stop_when_asked(mesh);
      obey(mesh);
      packages.print(`READY ${port}`);
    } catch (e) {
      fail(e);
    }
  });
}

main().catch(fail);
