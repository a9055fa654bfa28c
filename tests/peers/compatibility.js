// What a happn server makes of each action and option, said in a word: asked by raw websocket clients of one protocol,
// and the same of a real server and of any other.
//   node compatibility.js real VERSION PROTOCOL      starts that happn-3 and asks it
//   node compatibility.js PORT PROTOCOL              asks who listens there
// Prints one JSON object: what was asked -> what came of it.
'use strict';
const { start, connect } = require('./raw_peers');

const old_protocol = (protocol) => /^(happn|happn_1.*)$/.test(protocol);

class Peer {
  static async join(port, protocol, info) {
    const peer = new Peer();
    peer.old = old_protocol(protocol);
    peer.client = await connect(port, protocol, false);
    const login = await peer.client.ask({ action: 'login', data: { info: info || {}, protocol } }, 5000);
    peer.client.session = peer.session = login.data.id;
    peer.login = login;
    return peer;
  }
  // Whatever the server sent before this on this socket has arrived when it returns.
  async settle() {
    for (let i = 0; i < 2; i++) await this.client.ask({ action: 'get', path: '/compatibility/barrier', options: {} }, 5000);
  }
  // The answer, or null if the server had answered later requests before.
  async ask(action, path, data, options) {
    const request = { action, data: data === undefined ? null : data, options: { ...options } };
    if (path !== undefined) request.path = path;
    return this.send(request);
  }
  async send(request) {
    let answer = null;
    const asked = this.client.ask(request, 60000).then((frame) => (answer = frame));
    await Promise.race([asked, this.settle().then(() => this.settle())]);
    return answer;
  }
  on(channel, options) {
    const [, word] = /^\/(\w+)@/.exec(channel) || [];
    const event = { event_type: (word || 'all').toLowerCase(), count: 0 };
    if (this.old) Object.assign(event, { listenerId: this.listeners = (this.listeners || 0) + 1, refCount: 1 });
    return this.ask('on', channel, null, { ...event, ...options });
  }
  async heard() {
    await this.settle();
    return this.client.frames.splice(0).filter((frame) => frame._meta && frame._meta.type === 'data');
  }
  async acks() {
    await this.settle();
    return this.client.frames.splice(0).filter((frame) => frame._meta && frame._meta.type === 'ack');
  }
  close() {
    this.client.close();
  }
}

const meta = (answer) => (Array.isArray(answer) ? answer[answer.length - 1] : answer._meta);
const failure = ({ name, code, message }) => `error ${[name, code, message && message.split(/[,:\[]/)[0].trim()].filter(Boolean).join(' ')}`;
const verdict = (answer, yes) =>
  answer === null ? 'no answer' : meta(answer).status === 'error' ? failure(meta(answer).error) : yes(answer) ? 'yes' : 'ignored';
const paths = (answer) => answer.slice(0, -1).map((item) => item._meta && item._meta.path);

// Each gets a publisher, a listener (two sockets, logged in) and a path of its own.
const cases = {
  // --- set
  'set: stores, publishes, answers with the item': async (p, l, at) => {
    await l.on(`/SET@${at}`);
    const answer = await p.ask('set', at, { a: 1 });
    const [heard] = await l.heard();
    const got = await p.ask('get', at);
    return verdict(answer, () => answer.data.a === 1 && meta(answer).published && heard.data.a === 1 && got.data.a === 1);
  },
  'set: noStore': async (p, l, at) => {
    await l.on(`/SET@${at}`);
    const answer = await p.ask('set', at, { a: 1 }, { noStore: true });
    const heard = await l.heard();
    return verdict(answer, () => heard.length === 1 && !('created' in meta(answer))) + stored(await p.ask('get', at));
  },
  'set: noPublish': async (p, l, at) => {
    await l.on(`/SET@${at}`);
    const answer = await p.ask('set', at, { a: 1 }, { noPublish: true });
    const heard = await l.heard();
    return verdict(answer, () => heard.length === 0 && meta(answer).published === false);
  },
  'set: merge': async (p, l, at) => {
    await p.ask('set', at, { a: 1, b: { x: 1 } });
    await l.on(`/SET@${at}`);
    const answer = await p.ask('set', at, { b: { y: 2 } }, { merge: true });
    const [heard] = await l.heard();
    const whole = (data) => data.a === 1 && data.b.y === 2 && !('x' in data.b);
    return verdict(answer, () => whole(answer.data) && whole(heard.data));
  },
  'set: merge of null keeps what was there': async (p, l, at) => {
    await p.ask('set', at, { a: 1 });
    const answer = await p.ask('set', at, { a: null }, { merge: true });
    return verdict(answer, () => answer.data.a === 1);
  },
  'set: a number is kept as {value}': async (p, l, at) => {
    const answer = await p.ask('set', at, 5);
    return verdict(answer, () => answer.data.value === 5);
  },
  'set: nullValue': async (p, l, at) => {
    const answer = await p.send({ action: 'set', path: at, options: { nullValue: true } });
    return verdict(answer, () => answer.data.value === null);
  },
  'set: consistency 0 answers before it publishes': (p, l, at) => consistency(p, l, at, 0),
  'set: consistency 0 sends a publication-ack': (p, l, at) => reported(p, l, at, 0),
  'set: consistency 1 sends a publication-ack': (p, l, at) => reported(p, l, at, 1),
  'set: consistency 2 answers when it has published': (p, l, at) => consistency(p, l, at, 2),
  'set: consistency 3 waits for the ack of every subscriber': async (p, l, at) => {
    await l.on(`/SET@${at}`);
    const answer = await p.ask('set', at, { a: 1 }, { consistency: 3 });
    const [heard] = await l.heard();
    const early = await p.acks();
    await l.ask('ack', undefined, heard._meta.publicationId);
    const [ack] = await p.acks();
    return verdict(answer, () => early.length === 0 && ack && ack.status === 'ok' && ack.result.acknowledged === 1);
  },
  'set: publishResults': async (p, l, at) => {
    await l.on(`/SET@${at}`);
    const answer = await p.ask('set', at, { a: 1 }, { publishResults: true });
    return verdict(answer, () => meta(answer).publishResults && meta(answer).publishResults.successful === 1);
  },
  'set: noDataResponse': async (p, l, at) => {
    const answer = await p.ask('set', at, { a: 1 }, { noDataResponse: true });
    return verdict(answer, () => !('data' in answer));
  },
  'set: set_type sibling': async (p, l, at) => {
    const answer = await p.ask('set', at, { a: 1 }, { set_type: 'sibling' });
    return verdict(answer, () => meta(answer).path.startsWith(`${at}/`));
  },
  'set: tag': async (p, l, at) => {
    await p.ask('set', at, { a: 1 });
    const answer = await p.ask('set', at, null, { tag: 'x' });
    return verdict(answer, () => String(meta(answer).path).startsWith('/_TAGS'));
  },
  'set: increment': async (p, l, at) => {
    await p.ask('set', at, 'gauge', { increment: 2 });
    const answer = await p.ask('set', at, 'gauge', { increment: 3 });
    return verdict(answer, () => answer.data.value === 5 && answer.data.gauge === 'gauge');
  },
  'set: upsertType 3 does not publish': async (p, l, at) => {
    await l.on(`/SET@${at}`);
    const answer = await p.ask('set', at, { a: 1 }, { upsertType: 3 });
    const heard = await l.heard();
    return verdict(answer, () => heard.length === 0);
  },
  'set: targetClients': async (p, l, at) => {
    await l.on(`/SET@${at}`);
    await p.on(`/SET@${at}`);
    const answer = await p.ask('set', at, { a: 1 }, { targetClients: [p.session] });
    const [to_listener, to_self] = [await l.heard(), await p.heard()];
    return verdict(answer, () => to_listener.length === 0 && to_self.length === 1);
  },
  'set: noCluster skips peers of a cluster': async (p, l, at, join) => {
    const peer = await join({ clusterName: 'cluster' });
    await peer.on(`/SET@${at}`);
    const answer = await p.ask('set', at, { a: 1 }, { noCluster: true });
    const heard = await peer.heard();
    peer.close();
    return verdict(answer, () => heard.length === 0);
  },
  'set: meta is told to subscribers': async (p, l, at) => {
    await l.on(`/SET@${at}`);
    const answer = await p.ask('set', at, { a: 1 }, { meta: { mine: 7, path: '/forged' } });
    const [heard] = await l.heard();
    return verdict(answer, () => heard._meta.mine === 7 && heard._meta.path === at);
  },
  'set: onBehalfOf, on an insecure server': async (p, l, at) => {
    const answer = await p.ask('set', at, { a: 1 }, { onBehalfOf: 'somebody' });
    return verdict(answer, () => answer.data.a === 1);
  },
  'set: a path with a star': async (p, l, at) => verdict(await p.ask('set', `${at}/*`, { a: 1 }), () => true),
  'set: a path with a character that is not allowed': async (p, l, at) =>
    verdict(await p.ask('set', `${at}/#`, { a: 1 }), () => true),
  // --- get, count, remove
  'get: an item that is not there is null': async (p, l, at) => {
    const answer = await p.ask('get', at);
    return verdict(answer, () => answer.data === null);
  },
  'get: wildcard crosses slashes': async (p, l, at) => {
    await fill(p, at);
    const answer = await p.ask('get', `${at}/*`);
    return verdict(answer, () => paths(answer).length === 4 && meta(answer).type === 'response');
  },
  'get: wildcard inside a segment': async (p, l, at) => {
    await fill(p, at);
    const answer = await p.ask('get', `${at}/i*2`);
    return verdict(answer, () => paths(answer).length === 1);
  },
  'get: a wildcard before the end gives what lies below, too': async (p, l, at) => {
    await p.ask('set', `${at}/x/b/c`, {});
    const answer = await p.ask('get', `${at}/*/b`);
    return verdict(answer, () => paths(answer).length === 1);
  },
  'get: criteria': (p, l, at) => queried(p, at, { criteria: { n: { $gte: 2 } } }, 3),
  'get: criteria $or': (p, l, at) => queried(p, at, { criteria: { $or: [{ n: 1 }, { s: 'c' }] } }, 2),
  'get: criteria $regex': (p, l, at) => queried(p, at, { criteria: { s: { $regex: '^[ab]$' } } }, 2),
  'get: sort and limit': async (p, l, at) => {
    await fill(p, at);
    const answer = await p.ask('get', `${at}/*`, null, { options: { sort: { n: -1 }, limit: 2 } });
    return verdict(answer, () => answer[0].n === 4 && answer[1].n === 3 && answer.length === 3);
  },
  'get: skip': (p, l, at) => queried(p, at, { options: { skip: 1 } }, 3),
  'get: fields': async (p, l, at) => {
    await fill(p, at);
    const answer = await p.ask('get', `${at}/i1`, null, { fields: { n: 1 } });
    return verdict(answer, () => answer.data.n === 1 && !('s' in answer.data));
  },
  'get: path_only': async (p, l, at) => {
    await fill(p, at);
    const answer = await p.ask('get', `${at}/*`, null, { options: { path_only: true } });
    return verdict(answer, () => answer[0]._meta.path && !('n' in answer[0]));
  },
  count: async (p, l, at) => {
    await fill(p, at);
    const answer = await p.ask('count', `${at}/*`);
    return verdict(answer, () => answer.data && answer.data.value === 4);
  },
  'remove: an item': async (p, l, at) => {
    await p.ask('set', at, { a: 1 });
    await l.on(`/REMOVE@${at}`);
    const answer = await p.ask('remove', at);
    const [heard] = await l.heard();
    return verdict(answer, () => answer.data.removed === 1 && heard._meta.action === `/REMOVE@${at}`);
  },
  'remove: by wildcard, one publication': async (p, l, at) => {
    await fill(p, at);
    await l.on(`/REMOVE@${at}/*`);
    const answer = await p.ask('remove', `${at}/*`);
    const heard = await l.heard();
    return verdict(answer, () => answer.data.removed === 4 && heard.length === 1);
  },
  'remove: criteria': async (p, l, at) => {
    await fill(p, at);
    const answer = await p.ask('remove', `${at}/*`, null, { criteria: { n: 1 } });
    return verdict(answer, () => answer.data.removed === 1);
  },
  'remove: noPublish': async (p, l, at) => {
    await l.on(`/REMOVE@${at}`);
    const answer = await p.ask('remove', at, null, { noPublish: true });
    const heard = await l.heard();
    return verdict(answer, () => heard.length === 0);
  },
  // --- on
  'on: /SET@, /REMOVE@ and /ALL@': async (p, l, at) => {
    for (const word of ['SET', 'REMOVE', 'ALL']) await l.on(`/${word}@${at}`);
    const answer = await p.ask('set', at, { a: 1 });
    const sets = (await l.heard()).map((frame) => frame._meta.channel).sort();
    await p.ask('remove', at);
    const removes = (await l.heard()).map((frame) => frame._meta.channel).sort();
    const channels = (words) => words.map((word) => `/${word}@${at}`).join();
    return verdict(answer, () => sets.join() === channels(['ALL', 'SET']) && removes.join() === channels(['ALL', 'REMOVE']));
  },
  'on: one publication for a channel subscribed twice': async (p, l, at) => {
    await l.on(`/SET@${at}`);
    const answer = await l.on(`/SET@${at}`);
    await p.ask('set', at, { a: 1 });
    const heard = await l.heard();
    return verdict(answer, () => heard.length === 1);
  },
  'on: * is one segment': async (p, l, at) => {
    const answer = await l.on(`/SET@${at}/*`);
    await p.ask('set', `${at}/1`, {});
    await p.ask('set', `${at}/1/2`, {});
    const heard = await l.heard();
    return verdict(answer, () => heard.length === 1);
  },
  'on: * crosses slashes': async (p, l, at) => {
    const answer = await l.on(`/SET@${at}/*`);
    await p.ask('set', `${at}/1/2`, {});
    const heard = await l.heard();
    return verdict(answer, () => heard.length === 1);
  },
  'on: * inside a segment': async (p, l, at) => {
    const answer = await l.on(`/SET@${at}/a*`);
    await p.ask('set', `${at}/ab`, {});
    const heard = await l.heard();
    return verdict(answer, () => heard.length === 1);
  },
  'on: ** is up to five segments': (p, l, at) => deep(p, l, at, {}, 5),
  'on: depth': (p, l, at) => deep(p, l, at, { depth: 2 }, 2),
  'on: initialCallback': async (p, l, at) => {
    await fill(p, at);
    const answer = await l.on(`/ALL@${at}/*`, { initialCallback: true });
    return verdict(answer, () => answer.data.length === 4 && answer.initialValues.length === 4);
  },
  'on: initialEmit publishes the values': async (p, l, at) => {
    await fill(p, at);
    const answer = await l.on(`/ALL@${at}/*`, { initialEmit: true });
    const heard = await l.heard();
    return verdict(answer, () => heard.length === 4);
  },
  'on: initialEmit answers with the values': async (p, l, at) => {
    await fill(p, at);
    const answer = await l.on(`/ALL@${at}/*`, { initialEmit: true });
    return verdict(answer, () => answer.data.length === 4);
  },
  'on: merge publishes only what was merged in': async (p, l, at) => {
    await p.ask('set', at, { a: 1 });
    const answer = await l.on(`/SET@${at}`, { merge: true });
    await p.ask('set', at, { b: 2 }, { merge: true });
    const [heard] = await l.heard();
    return verdict(answer, () => !('a' in heard.data) && heard.data.b === 2);
  },
  'on: count is left to the client': async (p, l, at) => {
    const answer = await l.on(`/SET@${at}`, { count: 1 });
    await p.ask('set', at, { a: 1 });
    await p.ask('set', at, { a: 2 });
    const heard = await l.heard();
    return verdict(answer, () => heard.length === 2);
  },
  'on: answers with an id': async (p, l, at) => {
    const answer = await l.on(`/SET@${at}`);
    return verdict(answer, () => answer.data.id !== undefined);
  },
  'on: a channel without a word': async (p, l, at) => verdict(await l.on(at), () => true),
  // --- off
  'off: by referenceId': (p, l, at) => off(p, l, at, (answer) => ({ referenceId: answer.data.id })),
  'off: by listenerId': (p, l, at) => off(p, l, at, () => ({ refCount: 1, listenerId: l.listeners || 0 })),
  'off: of a whole channel': (p, l, at) => off(p, l, at, () => ({})),
  'off: *': async (p, l, at) => {
    await l.on(`/SET@${at}/*`);
    const answer = await l.ask('off', '*', null, l.old ? { refCount: 0, listenerId: -1 } : { referenceId: 0 });
    await p.ask('set', `${at}/1`, {});
    const heard = await l.heard();
    return verdict(answer, () => heard.length === 0);
  },
  'off: what was never on is ok': async (p, l, at) =>
    verdict(await l.ask('off', `/SET@${at}`, null, { referenceId: 'nope-1', refCount: 1, listenerId: 99 }), () => true),
  // --- the rest
  'ack: of an unknown publication': async (p, l) => verdict(await l.ask('ack', undefined, 'no-such-id'), () => true),
  describe: async (p) => {
    const answer = await p.ask('describe');
    return verdict(answer, () => answer.data.secure === false && typeof answer.data.name === 'string');
  },
  'login: answers with a session of its own': async (p, l) =>
    verdict(p.login, () => p.session !== l.session && p.login.data.protocol !== undefined),
  'request-nonce': async (p) => {
    const answer = await p.ask('request-nonce', undefined, { publicKey: 'key' });
    return verdict(answer, () => typeof answer.data.nonce === 'string');
  },
  'revoke-session, on an insecure server': async (p, l, at, join) => {
    const peer = await join();
    const answer = await peer.ask('revoke-session', undefined, null);
    peer.close();
    return verdict(answer, () => true);
  },
  'set: upsertType 0, 1 and 2 store': async (p, l, at) => {
    for (const upsertType of [0, 1, 2]) await p.ask('set', `${at}/${upsertType}`, { n: 1 }, { upsertType });
    const answer = await p.ask('get', `${at}/*`);
    return verdict(answer, () => paths(answer).length === 3);
  },
  'revoke-token, on an insecure server': async (p, l, at, join) => {
    const peer = await join();
    const answer = await peer.ask('revoke-token', undefined, null);
    peer.close();
    return verdict(answer, () => true);
  },
  'disconnect: answered': async (p, l, at, join) => {
    const peer = await join();
    const answer = await peer.ask('disconnect', undefined, null);
    peer.close();
    return verdict(answer, () => true);
  },
  'an unknown action': async (p) => verdict(await p.ask('no-such-action', '/x'), () => true),
  'a wrong sessionId': async (p, l, at) => {
    const answer = await p.send({ action: 'get', path: at, sessionId: 'wrong', options: {} });
    return verdict(answer, () => meta(answer).sessionId === 'wrong');
  },
};

const stored = (answer) => (answer.data === null ? '' : ', but stored');

async function consistency(p, l, at, level) {
  await l.on(`/SET@${at}`);
  const answer = await p.ask('set', at, { a: 1 }, { consistency: level });
  await l.heard();
  return verdict(answer, () => meta(answer).published === (level === 2));
}

async function reported(p, l, at, level) {
  await l.on(`/SET@${at}`);
  const answer = await p.ask('set', at, { a: 1 }, { consistency: level });
  await l.heard();
  const [ack] = await p.acks();
  return verdict(answer, () => ack && ack.status === 'ok' && ack.result.successful === 1);
}

async function fill(p, at) {
  const items = { i1: { n: 1, s: 'a' }, i2: { n: 2, s: 'b' }, 'i3/x': { n: 3, s: 'c' }, i4: { n: 4, s: 'd' } };
  for (const [name, item] of Object.entries(items)) await p.ask('set', `${at}/${name}`, item);
}

async function queried(p, at, options, wanted) {
  await fill(p, at);
  const answer = await p.ask('get', `${at}/*`, null, options);
  return verdict(answer, () => answer.length - 1 === wanted);
}

async function deep(p, l, at, options, levels) {
  const answer = await l.on(`/SET@${at}/**`, options);
  let path = at;
  for (let level = 1; level <= levels + 1; level++) await p.ask('set', (path += `/${level}`), {});
  const heard = await l.heard();
  return verdict(answer, () => heard.length === levels);
}

async function off(p, l, at, options) {
  const on = await l.on(`/SET@${at}`);
  const answer = await l.ask('off', `/SET@${at}`, null, options(on));
  await p.ask('set', at, {});
  const heard = await l.heard();
  return verdict(answer, () => heard.length === 0);
}

async function measure(port, protocol) {
  const results = {};
  let number = 0;
  for (const [name, ask] of Object.entries(cases)) {
    const join = (info) => Peer.join(port, protocol, info);
    const [publisher, listener] = [await join(), await join()];
    results[name] = await ask(publisher, listener, `/compatibility/${protocol}/${++number}`, join);
    publisher.close();
    listener.close();
  }
  return results;
}

async function main([where, ...rest]) {
  const server = where === 'real' ? await start(rest.shift()) : { port: Number(where), stop() {} };
  console.log(JSON.stringify(await measure(server.port, rest[0]), null, 1));
  await server.stop();
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
