// One face for the JavaScript clients of every generation. Each has: happn() -> the happn-3 client below it,
// connect, disconnect, call, on_event; data actions work on happn() alike for all of them.
'use strict';
const packages = require('./packages');

function from_callback(start) {
  return new Promise((resolve, reject) => start((error, ...answers) => (error ? reject(error) : resolve(answers))));
}

function address({ host, port }) {
  return { host, port };
}

function credentials({ username, password, token }) {
  return token ? { token, username } : username ? { username, password } : {};
}

class HappnClient {
  constructor(version) {
    this.Happn = packages.load('happn-3', version);
  }
  async connect(target) {
    const config = { ...address(target), ...credentials(target) };
    if (target.call_timeout) config.callTimeout = target.call_timeout;
    if (target.tls) Object.assign(config, { protocol: 'https', allowSelfSignedCerts: true });
    [this.client] = await from_callback((done) => this.Happn.client.create({ config, ...config }, done));
  }
  happn() {
    return this.client;
  }
  disconnect() {
    return from_callback((done) => this.client.disconnect(done));
  }
  call() {
    throw new Error('a happn client has no exchange');
  }
  on_event() {
    throw new Error('a happn client has no components');
  }
}

class MeshClient {
  constructor(version) {
    this.Mesh = packages.load('happner-2', version);
  }
  async connect(target) {
    this.client = new this.Mesh.MeshClient({ hostname: target.host, port: target.port });
    await this.client.login(credentials(target));
  }
  happn() {
    return this.client.data;
  }
  disconnect() {
    return from_callback((done) => this.client.disconnect(done));
  }
  logout() {
    return this.client.logout();
  }
  call(component, method, args) {
    const target = this.client.exchange[component];
    if (!target) throw new Error(`the mesh describes no component ${component}`);
    if (!target[method]) throw new Error(`the mesh describes no method ${component}.${method}`);
    return from_callback((done) => target[method](...args, done));
  }
  on_event(component, key, handler) {
    return from_callback((done) => this.client.event[component].on(key, handler, done));
  }
}

class FullHappnerClient {
  constructor(version) {
    const Client = packages.load('happner-client', version);
    this.client = new Client({ requestTimeout: 30000, responseTimeout: 30000 });
  }
  connect(target) {
    return from_callback((done) => this.client.connect(null, { ...address(target), ...credentials(target) }, done));
  }
  happn() {
    return this.client.dataClient ? this.client.dataClient() : this.client.__connection.client; // 2.0.0
  }
  disconnect() {
    return from_callback((done) => this.client.disconnect(done));
  }
  api(component, methods) {
    return this.client.construct({ [component]: { version: '*', methods } });
  }
  call(component, method, args) {
    const api = this.api(component, { [method]: {} });
    return from_callback((done) => api.exchange[component][method](...args, done));
  }
  on_event(component, key, handler) {
    return from_callback((done) => this.api(component, {}).event[component].on(key, handler, done));
  }
}

class LightHappnerClient {
  constructor(version) {
    this.Light = packages.load('happner-client', version).Light;
  }
  connect(target) {
    this.client = new this.Light({ domain: target.mesh, requestTimeout: 30000, responseTimeout: 30000 });
    return from_callback((done) => this.client.connect(null, { ...address(target), ...credentials(target) }, done));
  }
  happn() {
    return this.client.dataClient();
  }
  disconnect() {
    return from_callback((done) => this.client.disconnect(done));
  }
  call(component, method, args) {
    return from_callback((done) => this.client.exchange.$call({ component, method, arguments: args }, done));
  }
  on_event(component, path, handler) {
    return from_callback((done) => this.client.event.$on({ component, path }, handler, done));
  }
}

const kinds = {
  'happn-3@1.12.1': () => new HappnClient('1.12.1'),
  'happn-3@3.1.1': () => new HappnClient('3.1.1'),
  'happn-3@12.1.10': () => new HappnClient('12.1.10'),
  'happn-3@13.12.1': () => new HappnClient('13.12.1'),
  'mesh-client@2.13.0': () => new MeshClient('2.13.0'),
  'mesh-client@5.2.1': () => new MeshClient('5.2.1'),
  'mesh-client@11.16.1': () => new MeshClient('11.16.1'),
  'mesh-client@13.1.1': () => new MeshClient('13.1.1'),
  'happner-client@2.0.0': () => new FullHappnerClient('2.0.0'),
  'happner-client@11.6.7': () => new FullHappnerClient('11.6.7'),
  'happner-client@12.7.6': () => new FullHappnerClient('12.7.6'),
  'light-client@11.6.7': () => new LightHappnerClient('11.6.7'),
  'light-client@12.7.6': () => new LightHappnerClient('12.7.6'),
};

function create(kind) {
  if (!kinds[kind]) throw new Error(`client kind '${kind}' is not one of ${Object.keys(kinds).join(', ')}`);
  return kinds[kind]();
}

module.exports = { create, from_callback };
