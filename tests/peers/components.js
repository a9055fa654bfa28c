// The components of the test mesh. `componentName` is the one of the recorded captures: every way a method can
// answer. `testTools` has what only our own tests need. Plain functions: the old generation's parameter parser
// knows neither classes nor async functions.
'use strict';

function ComponentName() {}

ComponentName.prototype.methodName = function (a, b, callback) {
  callback(null, { a: a, b: b });
};
ComponentName.prototype.causeEventMethod = function ($happn, callback) {
  $happn.emit('event/name', { key: 'value' });
  callback(null);
};
ComponentName.prototype.erroringMethodName = function (callback) {
  const error = new Error('errr');
  error.code = 418;
  error.extra = { x: 1 };
  callback(error);
};
ComponentName.prototype.throwMethod = function (callback) { // eslint-disable-line no-unused-vars
  throw new TypeError('thrown');
};
ComponentName.prototype.promiseMethod = function (opts) {
  return Promise.resolve({ got: opts });
};
ComponentName.prototype.promiseReject = function (opts) {
  return Promise.reject(new Error('rejected ' + opts));
};
ComponentName.prototype.neverMethod = function (callback) {}; // eslint-disable-line no-unused-vars
ComponentName.prototype.optsMethod = function (opts, callback) {
  callback(null, { opts: opts });
};
ComponentName.prototype.restParams = function ($restParams, callback) {
  callback(null, { restParams: $restParams });
};
ComponentName.prototype.originMethod = function (opts, $origin, callback) {
  callback(null, { origin: $origin, opts: opts });
};
ComponentName.prototype.userSession = function ($userSession, callback) {
  callback(null, { us: $userSession });
};
ComponentName.prototype.reqMethod = function ($req_headers, callback) {
  callback(null, { h: $req_headers });
};
ComponentName.prototype.dataMethod = function (p1, p2, callback) {
  callback(null, [p1, p2, typeof p1, typeof p2]);
};
ComponentName.prototype.multi = function (callback) {
  callback(null, 1, 'two', { three: 3 });
};
ComponentName.prototype.bufMethod = function (callback) {
  callback(null, Buffer.from('hi'));
};
ComponentName.prototype.nullMethod = function (callback) {
  callback(null, null);
};
ComponentName.prototype.undefMethod = function (callback) {
  callback();
};
ComponentName.prototype.strMethod = function (callback) {
  callback(null, 'str');
};
ComponentName.prototype.webMethod = function (req, res) {
  res.setHeader('Content-Type', 'application/json');
  res.end(JSON.stringify({ web: true, url: req.url }));
};
ComponentName.prototype._private = function (callback) {
  callback(null, 'never reached from outside');
};

function TestTools() {
  this.calls = 0;
}

// Appends a line to a file before it answers: what was answered outlives the process, however it ends.
TestTools.prototype.record = function (file, text, callback) {
  require('fs').appendFileSync(file, text + '\n');
  callback(null, true);
};

// Answers after `ms` milliseconds, so that answers overtake each other, with the caller's name.
TestTools.prototype.answerAfter = function (ms, value, $origin, callback) {
  this.calls++;
  setTimeout(function () {
    callback(null, { value: value, username: $origin && $origin.username });
  }, ms);
};
TestTools.prototype.emitEvent = function (key, data, $happn, callback) {
  $happn.emit(key, data);
  callback(null);
};
// Calls a method of another mesh that this one has joined as an endpoint.
TestTools.prototype.callEndpoint = function (endpoint, component, method, args, $happn, callback) {
  const there = $happn.exchange[endpoint][component];
  there[method].apply(there, args.concat(callback));
};
// Fails with an error that looks like the mesh's own refusal.
TestTools.prototype.failWith = function (name, code, callback) {
  const error = new Error('said the method');
  error.name = name;
  error.code = code;
  callback(error);
};
// How often answerAfter ran: a call that the gateway must not make twice is seen here.
TestTools.prototype.callCount = function (callback) {
  callback(null, this.calls);
};

module.exports = { ComponentName, TestTools };
