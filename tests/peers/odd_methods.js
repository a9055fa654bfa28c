// The component oddMethods of the test mesh: every way in which a method can fail, and unusual declarations. Plain
// functions, as in components.js.
'use strict';

function OddMethods() {}

function error_with(properties) {
  return Object.assign(new Error('said the method'), properties);
}

// An error whose name is not its own but its class's, as `class NotInStock extends Error` has it.
function NotInStock(message) {
  const error = Object.create(NotInStock.prototype);
  Error.captureStackTrace(error, NotInStock);
  Object.defineProperty(error, 'message', { value: message });
  return error;
}
NotInStock.prototype = Object.create(Error.prototype, { name: { value: 'NotInStock' } });

// What the method of that name gives its callback for an error.
const errors = {
  ownName: () => error_with({ name: 'ValidationError', fields: ['a'] }),
  ownNameOfAnother: () => Object.assign(new TypeError('said the method'), { name: 'ValidationError' }),
  inheritedName: () => new TypeError('said the method'),
  nameOfItsClass: () => NotInStock('said the method'),
  ownBuiltInName: () => error_with({ name: 'TypeError' }),
  withoutMessage: () => new Error(),
  emptyMessage: () => new Error(''),
  withCause: () => new Error('said the method', { cause: 'the cause' }),
  withStack: () => error_with({ stack: 'a stack of its own' }),
  unauthorized: () => Object.assign(new Error('unauthorized'), { reason: 'the reason' }),
  object: () => ({ custom: 1, code: 5 }),
  objectWithMessage: () => ({ message: 'said the object' }),
  objectLikeAnError: () => ({ message: 'said the object', name: 'Error', stack: 'a stack' }),
  emptyObject: () => ({}),
  list: () => ['a', 'b'],
  text: () => 'just text',
  number: () => 42,
  yes: () => true,
  zero: () => 0,
  no: () => false,
  emptyText: () => '',
};
for (const name of Object.keys(errors)) {
  const make = errors[name];
  OddMethods.prototype[name] = function (callback) {
    callback(make(), 'a result');
  };
}

OddMethods.prototype.throwsAnObject = function (callback) { // eslint-disable-line no-unused-vars
  throw { custom: 1 };
};
OddMethods.prototype.rejectsWithAnObject = function (a) { // eslint-disable-line no-unused-vars
  return Promise.reject({ custom: 1 });
};
OddMethods.prototype.rejectsWithNothing = function (a) { // eslint-disable-line no-unused-vars
  return Promise.reject();
};

OddMethods.prototype.callbackFirst = function (callback, a) {
  callback(null, { a: a });
};
OddMethods.prototype.callbackBetween = function (a, callback, b) {
  callback(null, { a: a, b: b });
};
OddMethods.prototype.callbackBeforeRestParams = function (a, callback, $restParams) {
  callback(null, { a: a, rest: $restParams });
};
OddMethods.prototype.sessionBetween = function (a, $userSession, b, callback) {
  callback(null, { a: a, user: $userSession && $userSession.username, b: b });
};
OddMethods.prototype.answersTwice = function (callback) {
  callback(null, 'first');
  callback(null, 'second');
};
OddMethods.prototype.lineSeparators = function (callback) {
  callback(null, 'a\u2028b\u2029c');
};

module.exports = { OddMethods };
