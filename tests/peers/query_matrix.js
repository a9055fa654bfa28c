// Makes tests/data/query-matrix.json: what `get` and `count` with options answer on the real happn-3 1.12.1 ("old", nedb,
// protocol happn_1.3.0) and 13.12.1 ("current", loki, protocol happn_4), asked by a raw websocket client.
//   node query_matrix.js [--only TEXT]     with --only the cases whose label contains TEXT are printed, nothing is written
// Strings "<created /path>" and "<modified /path>" in a case's options stand for that item's time, as a number.
'use strict';
const fs = require('fs');
const path = require('path');
const { start, connect, sleep } = require('./raw_peers');

const generations = { old: { version: '1.12.1', protocol: 'happn_1.3.0' }, current: { version: '13.12.1', protocol: 'happn_4' } };

// Set in this order. One path comes twice: its modified is the latest, its created the second.
const items = [
  { path: '/q/e', data: { n: 5, s: 'apple', b: true, nul: null, o: { x: 1, y: { z: 'deep' } }, tags: ['red', 'blue'], rows: [{ k: 1, v: 'a' }, { k: 2, v: 'b' }], mix: 1, d: '2020-01-01T00:00:00.000Z', num: '10', g: 'one', u: 8 } },
  { path: '/q/a', data: { n: 1000, s: 'first version' } },
  { path: '/q/h', data: { n: 0, s: '', b: null, nul: 0, o: {}, tags: [], rows: [], mix: true, num: 'abc', g: 'two', u: 3 } },
  { path: '/q/c', data: { n: 10.5, s: 'cherry', o: { x: '1', y: {} }, tags: ['red', 'green', 3, null], mix: null, d: '2019-12-31T23:59:59.999Z', g: 'two', u: 5 } },
  { path: '/q/b', data: { n: '5', s: 'apple pie', b: 'true', o: 'text', tags: 'red', rows: { k: 1, v: 'a' }, mix: [1, 2], num: 10, g: 'one', u: 1 } },
  { path: '/q/g', data: 7 },
  { path: '/q/d', data: { n: 100, s: 'date', path: '/inner', created: 7, modified: 'x', type: 'fruit', _id: 'own', o: { x: 3, created: 1, path: 'in' }, rows: [{ k: 5, v: 'a', w: { q: 1 } }], mix: { a: 1 }, g: 'three', u: 7 } },
  { path: '/q/i/j', data: { n: 5, s: 'Apple', b: true, o: { x: 1, y: { z: 'deep' } }, tags: ['red', 'blue'], mix: 1.5, num: '10.0', g: 'three', u: 2 } },
  { path: '/q/k', data: {} },
  { path: '/q/l', data: { s: 'ünï-ß', n: null, b: 0, mix: 'abc', tags: [['red'], 'blue'], o: [{ x: 1 }, { x: 5 }], g: 'two', u: 6 } },
  { path: '/q/f', data: ['x', 'y'] },
  { path: '/q/n', data: 'plain text' },
  { path: '/q/a', data: { n: -3, s: 'Banana', b: false, nul: 1, o: { x: 2, y: { z: 'deeper' } }, tags: ['blue'], rows: [{ k: 2, v: 'c' }], mix: '1', d: '2021-06-15T12:30:00.000Z', num: '9', g: 'one', u: 4 } },
  // A null above a dotted name: apart, as it makes 13.12.1 fail on dotted names.
  { path: '/z/1', data: { o: { x: 1 }, n: 2 } },
  { path: '/z/2', data: { o: null, n: 1 } },
  { path: '/z/3', data: { o: { x: 0 }, n: 3 } },
];

const cases = [];
function add(label, options, { path = '/q/*', action = 'get' } = {}) {
  const inner = (options && options.options) || {};
  const sorted = Boolean(options && (options.sort || inner.sort));
  cases.push({ label, action, path, options, ordered: sorted && action === 'get' });
}
const criteria = (label, value, more) => add(`criteria: ${label}`, { criteria: value }, more);
const fields = (label, value, more) => add(`fields: ${label}`, { fields: value }, more);
const inner = (label, value, more) => add(`options: ${label}`, { options: value }, more);
const one = { path: '/q/e' };
const none = { path: '/q/missing' };
const nulls = { path: '/z/*' };
const count = { action: 'count' };

// ---- no criteria
add('plain: wildcard', {});
add('plain: no options', undefined);
add('plain: exact path', {}, one);
add('plain: exact path of a wrapped number', {}, { path: '/q/g' });
add('plain: exact path of an empty object', {}, { path: '/q/k' });
add('plain: exact path without item', {}, none);
add('plain: wildcard without items', {}, { path: '/nothing/*' });

// ---- equality
criteria('number', { n: 5 });
criteria('number zero', { n: 0 });
criteria('negative number', { n: -3 });
criteria('fraction', { n: 10.5 });
criteria('string', { s: 'apple' });
criteria('empty string', { s: '' });
criteria('string with other letters', { s: 'ünï-ß' });
criteria('string of a number', { n: '5' });
criteria('true', { b: true });
criteria('false', { b: false });
criteria('null', { nul: null });
criteria('null, member missing in most', { b: null });
criteria('wrapped value', { value: 7 });
criteria('wrapped array, one member', { value: 'x' });
criteria('unknown member', { nope: 1 });
criteria('object', { o: { x: 2 } });
criteria('object, whole', { o: { x: 1, y: { z: 'deep' } } });
criteria('empty object', { o: {} });
criteria('array exactly', { tags: ['red', 'blue'] });
criteria('array in another order', { tags: ['blue', 'red'] });
criteria('empty array', { tags: [] });
criteria('array with one element', { tags: ['blue'] });
criteria('scalar against array members', { tags: 'red' });
criteria('$eq scalar against array members', { tags: { $eq: 'red' } });
criteria('several keys', { n: 5, s: 'apple' });
criteria('several keys, one zero', { g: 'two', n: 0 });
criteria('several keys that exclude each other', { n: 5, s: 'cherry' });

// ---- names
criteria('dotted', { 'o.x': 1 });
criteria('dotted, two levels', { 'o.y.z': 'deep' });
criteria('dotted below a string', { 'o.length': 4 });
criteria('dotted with null in the way', { 'o.x': 1 }, nulls);
criteria('plain name beside null', { n: { $gt: 1 } }, nulls);
criteria('dotted into array of objects', { 'rows.k': 2 });
criteria('dotted with array index', { 'rows.0.k': 2 });
criteria('dotted with index into scalars', { 'tags.0': 'red' });
criteria('data. prefix', { 'data.n': 5 });
criteria('data. prefix, dotted', { 'data.o.x': 1 });
criteria('_data. prefix', { '_data.n': 5 });
criteria('_meta.path', { '_meta.path': '/q/e' });
criteria('_meta.path $in', { '_meta.path': { $in: ['/q/e', '/q/a', '/z/1'] } });
criteria('path', { path: '/q/e' });
criteria('path of the data', { path: '/inner' });
criteria('data.path', { 'data.path': '/inner' });
criteria('_id', { _id: '/q/e' });
criteria('_meta as object', { _meta: { path: '/q/e' } });
criteria('_meta.created exactly', { '_meta.created': '<created /q/c>' });
criteria('_meta.created $gt', { '_meta.created': { $gt: '<created /q/g>' } });
criteria('_meta.created $gte and $lte', { '_meta.created': { $gte: '<created /q/c>', $lte: '<created /q/g>' } });
criteria('$and of two _meta.created', { $and: [{ '_meta.created': { $gte: '<created /q/c>' } }, { '_meta.created': { $lte: '<created /q/g>' } }] });
criteria('_meta.modified $gt', { '_meta.modified': { $gt: '<created /q/n>' } });
criteria('_meta.modified $lte', { '_meta.modified': { $lte: '<created /q/c>' } });
criteria('created $lt', { created: { $lt: '<created /q/c>' } });
criteria('modified $gte', { modified: { $gte: '<modified /q/a>' } });
criteria('created of the data', { created: 7 });
criteria('data.created', { 'data.created': 7 });
criteria('type of the data', { type: 'fruit' });

// ---- comparisons
criteria('$eq number', { n: { $eq: 5 } });
criteria('$eq null', { nul: { $eq: null } });
criteria('$eq object', { o: { $eq: { x: 2 } } });
criteria('$ne number', { n: { $ne: 5 } });
criteria('$ne string', { s: { $ne: 'apple' } });
criteria('$ne null', { nul: { $ne: null } });
criteria('$ne against array members', { tags: { $ne: 'red' } });
criteria('$gt number', { n: { $gt: 5 } });
criteria('$gt zero', { n: { $gt: 0 } });
criteria('$gte number', { n: { $gte: 5 } });
criteria('$lt number', { n: { $lt: 5 } });
criteria('$lte number', { n: { $lte: 5 } });
criteria('$lt zero', { n: { $lt: 0 } });
criteria('$gt string', { s: { $gt: 'apple' } });
criteria('$lte string', { s: { $lte: 'apple' } });
criteria('$gt string of a number', { num: { $gt: '10' } });
criteria('$gt number against strings', { num: { $gt: 9 } });
criteria('$lt number on mixed types', { mix: { $lt: 2 } });
criteria('$gt string on mixed types', { mix: { $gt: '1' } });
criteria('$gte null', { n: { $gte: null } });
criteria('$gt true', { b: { $gt: false } });
criteria('$gte ISO date', { d: { $gte: '2020-01-01T00:00:00.000Z' } });
criteria('$lt ISO date', { d: { $lt: '2020-01-01T00:00:00.000Z' } });
criteria('$gt against array members', { tags: { $gt: 'm' } });
criteria('$gt dotted', { 'o.x': { $gt: 1 } });
criteria('$gt dotted into array of objects', { 'rows.k': { $gt: 1 } });
criteria('$gte and $lt', { n: { $gte: 0, $lt: 6 } });
criteria('$lt and $gte (other order)', { n: { $lt: 6, $gte: 0 } });
criteria('$gt and $ne', { n: { $gt: -10, $ne: 5 } });
criteria('$exists and $gt', { n: { $exists: true, $gt: 5 } });

// ---- sets and presence
criteria('$in numbers', { n: { $in: [5, 100, 0] } });
criteria('$in strings', { s: { $in: ['apple', 'cherry', ''] } });
criteria('$in mixed types', { mix: { $in: [1, '1', true, null] } });
criteria('$in against array members', { tags: { $in: ['green', 'blue'] } });
criteria('$in empty', { n: { $in: [] } });
criteria('$in not an array', { s: { $in: 'apple' } });
criteria('$in dotted', { 'o.x': { $in: [1, 3] } });
criteria('$nin numbers', { n: { $nin: [5, 100] } });
criteria('$nin against array members', { tags: { $nin: ['red'] } });
criteria('$nin empty', { n: { $nin: [] } });
criteria('$nin not an array', { n: { $nin: 5 } });
criteria('$exists true', { b: { $exists: true } });
criteria('$exists false', { b: { $exists: false } });
criteria('$exists 1', { b: { $exists: 1 } });
criteria('$exists 0', { b: { $exists: 0 } });
criteria('$exists dotted', { 'o.y.z': { $exists: true } });
criteria('$exists false dotted', { 'o.y.z': { $exists: false } });
criteria('$exists true on array', { tags: { $exists: true } });

// ---- text
criteria('$regex string', { s: { $regex: '^app' } });
criteria('$regex string with $options', { s: { $regex: '^app', $options: 'i' } });
criteria('$options before $regex', { s: { $options: 'i', $regex: '^app' } });
criteria('$regex array', { s: { $regex: ['^app'] } });
criteria('$regex array with flags', { s: { $regex: ['^app', 'i'] } });
criteria('$regex with slashes', { s: { $regex: '/^app/i' } });
criteria('$regex against missing and null', { b: { $regex: '^(undefined|null)$' } });
criteria('$regex against numbers', { n: { $regex: '^1' } });
criteria('$regex against array members', { tags: { $regex: '^gre' } });
criteria('$regex invalid', { s: { $regex: '(' } });
criteria('$regex number', { s: { $regex: 5 } });
criteria('$regex object', { s: { $regex: { a: 1 } } });
criteria('$regex on path', { path: { $regex: '^/q/i' } });
criteria('$like', { s: { $like: 'app%' } });
criteria('$text', { $text: { $search: 'apple' } });

// ---- logic
criteria('$not operator', { n: { $not: { $gt: 5 } } });
criteria('$not regex', { s: { $not: { $regex: '^app' } } });
criteria('$not scalar', { n: { $not: 5 } });
criteria('$not top level', { $not: { n: 5 } });
criteria('$nor', { $nor: [{ n: 5 }, { g: 'two' }] });
criteria('$and', { $and: [{ g: 'one' }, { n: 5 }] });
criteria('$and of one', { $and: [{ g: 'one' }] });
criteria('$and empty', { $and: [] });
criteria('$and of ranges', { $and: [{ n: { $gte: 0 } }, { n: { $lt: 6 } }] });
criteria('$and not an array', { $and: { g: 'one' } });
criteria('$or', { $or: [{ n: 100 }, { s: 'cherry' }] });
criteria('$or on one name', { $or: [{ n: 100 }, { n: 10.5 }] });
criteria('$or of operators', { $or: [{ n: { $gt: 50 } }, { s: { $in: ['cherry'] } }] });
criteria('$or with data. prefix', { $or: [{ 'data.n': 100 }, { 'data.s': 'cherry' }] });
criteria('$or with path', { $or: [{ path: '/q/e' }, { path: '/q/d' }] });
criteria('$or empty', { $or: [] });
criteria('$or beside a name', { g: 'one', $or: [{ n: 5 }, { n: -3 }] });
criteria('$or in $and', { $and: [{ $or: [{ n: 5 }, { n: 100 }] }, { g: 'three' }] });
criteria('$and in $or', { $or: [{ $and: [{ n: 5 }, { g: 'one' }] }, { n: 100 }] });
criteria('two $or in $and', { $and: [{ $or: [{ n: 5 }, { n: 100 }] }, { $or: [{ g: 'one' }, { b: true }] }] });
criteria('$and in a name', { n: { $and: [{ $gte: 0 }, { $lt: 6 }] } });
criteria('$or in a name', { n: { $or: [{ $lt: 0 }, { $gt: 50 }] } });

// ---- arrays and the rest of Mongo
criteria('$size', { tags: { $size: 2 } });
criteria('$size zero', { tags: { $size: 0 } });
criteria('$size with operator', { tags: { $size: { $gt: 1 } } });
criteria('$size not a number', { tags: { $size: 'x' } });
criteria('$elemMatch', { rows: { $elemMatch: { k: 2, v: 'b' } } });
criteria('$elemMatch with operator', { rows: { $elemMatch: { k: { $gt: 1 } } } });
criteria('$elemMatch dotted', { rows: { $elemMatch: { 'w.q': 1 } } });
criteria('$elemMatch on scalars', { tags: { $elemMatch: { $eq: 'red' } } });
criteria('$elemMatch empty', { rows: { $elemMatch: {} } });
criteria('$all', { tags: { $all: ['red', 'blue'] } });
criteria('$type name', { n: { $type: 'number' } });
criteria('$type array', { tags: { $type: 'array' } });
criteria('$type number', { n: { $type: 2 } });
criteria('$mod', { n: { $mod: [5, 0] } });
criteria('$where string', { $where: 'return true' });
criteria('$where in a name', { n: { $where: 'return true' } });
criteria('$expr', { $expr: { $gt: ['$n', 1] } });
criteria('unknown operator', { n: { $foo: 1 } });
criteria('unknown operator after a known one', { n: { $gt: 5, $foo: 1 } });
criteria('unknown logical operator', { $foo: [{ n: 5 }] });
criteria('operator and name mixed', { o: { $exists: true, x: 1 } });
criteria('constructor as operator', { n: { constructor: 1 } });

// ---- only in loki
criteria('$aeq', { n: { $aeq: '5' } });
criteria('$dteq', { d: { $dteq: '2020-01-01T00:00:00.000Z' } });
criteria('$jgt', { n: { $jgt: 5 } });
criteria('$jgte', { n: { $jgte: 5 } });
criteria('$jlt', { n: { $jlt: 5 } });
criteria('$jlte', { n: { $jlte: 5 } });
criteria('$between', { n: { $between: [0, 10.5] } });
criteria('$jbetween', { n: { $jbetween: [0, 10.5] } });
criteria('$keyin', { s: { $keyin: { apple: 1, cherry: 1 } } });
criteria('$nkeyin', { g: { $nkeyin: { one: 1 } } });
criteria('$definedin', { s: { $definedin: { apple: 1 } } });
criteria('$undefinedin', { g: { $undefinedin: { one: 1 } } });
criteria('$contains', { tags: { $contains: ['red', 'blue'] } });
criteria('$contains scalar', { tags: { $contains: 'blue' } });
criteria('$contains in string', { s: { $contains: 'app' } });
criteria('$contains key of an object', { o: { $contains: 'x' } });
criteria('$containsAny', { tags: { $containsAny: ['green', 'blue'] } });
criteria('$containsNone', { tags: { $containsNone: ['red'] } });
criteria('$containsString', { s: { $containsString: 'pp' } });
criteria('$len', { s: { $len: 5 } });
criteria('$len with operator', { s: { $len: { $gt: 5 } } });
criteria('$finite', { n: { $finite: true } });
criteria('$$eq of another member', { n: { $$eq: 'u' } });

// ---- odd criteria
criteria('empty', {});
criteria('criteria null', null);
criteria('criteria a string', 'apple');
criteria('criteria a number', 5);
criteria('criteria true', true);
criteria('criteria an array', [{ n: 5 }]);
criteria('empty array as criteria', []);
criteria('on an exact path, true', { n: 5 }, one);
criteria('on an exact path, false', { n: 6 }, one);
criteria('on an exact path without item', { n: 5 }, none);
criteria('on an exact path, unknown operator', { n: { $foo: 1 } }, one);
criteria('unknown operator, no items on the path', { n: { $foo: 1 } }, { path: '/nothing/*' });
add('criteria: in options.options', { options: { criteria: { n: 5 } } });

// ---- fields
for (const [where, at] of [['wildcard', { path: '/q/*' }], ['exact path', one]]) {
  fields(`one, ${where}`, { n: 1 }, at);
  fields(`two, ${where}`, { n: 1, s: 1 }, at);
  fields(`true, ${where}`, { n: true }, at);
  fields(`exclusion 0, ${where}`, { n: 0 }, at);
  fields(`exclusion false, ${where}`, { n: false }, at);
  fields(`dotted, ${where}`, { 'o.x': 1 }, at);
  fields(`dotted and its parent's other, ${where}`, { 'o.x': 1, 'o.y': 1 }, at);
  fields(`data. prefix, ${where}`, { 'data.n': 1 }, at);
  fields(`data, ${where}`, { data: 1 }, at);
  fields(`_meta.created, ${where}`, { '_meta.created': 1 }, at);
  fields(`_meta.path and one, ${where}`, { '_meta.path': 1, n: 1 }, at);
  fields(`path, created, modified and one, ${where}`, { path: 1, created: 1, modified: 1, n: 1 }, at);
  fields(`_meta, ${where}`, { _meta: 1 }, at);
  fields(`unknown, ${where}`, { nope: 1 }, at);
  fields(`mixed, ${where}`, { n: 1, s: 0 }, at);
  fields(`empty, ${where}`, {}, at);
}
fields('nested object', { o: { x: 1 } });
fields('array index', { 'rows.k': 1 });
fields('wrapped value', { value: 1 });
fields('array', ['n', 's']);
fields('string', 'n');
fields('_id 0 and one', { _id: 0, n: 1 });
add('fields: with criteria', { fields: { s: 1 }, criteria: { n: 5 } });
add('fields: in options.options', { options: { fields: { n: 1 } } });
add('fields: in both', { fields: { s: 1 }, options: { fields: { n: 1 } } });
fields('null in the way', { 'o.x': 1 }, nulls);

// ---- sort. Four items have no u: ties are in path order on old, in order of first insertion on current.
const all_u = { u: { $gt: 0 } }; // no ties
add('options: sort asc without ties', { criteria: all_u, options: { sort: { u: 1 } } });
add('options: sort desc without ties', { criteria: all_u, options: { sort: { u: -1 } } });
inner('sort asc', { sort: { u: 1 } });
inner('sort desc', { sort: { u: -1 } });
inner('sort ascending (word)', { sort: { u: 'ascending' } });
inner('sort descending (word)', { sort: { u: 'descending' } });
inner('sort asc (word)', { sort: { u: 'asc' } });
inner('sort "1"', { sort: { u: '1' } });
inner('sort "-1"', { sort: { u: '-1' } });
inner('sort true', { sort: { u: true } });
inner('sort 0', { sort: { u: 0 } });
inner('sort 2', { sort: { u: 2 } });
inner('sort -2', { sort: { u: -2 } });
inner('sort strings', { sort: { s: 1 } });
inner('sort strings desc', { sort: { s: -1 } });
inner('sort numbers and a string', { sort: { n: 1 } });
inner('sort numbers and a string desc', { sort: { n: -1 } });
inner('sort mixed types', { sort: { mix: 1 } });
inner('sort mixed types desc', { sort: { mix: -1 } });
inner('sort two keys', { sort: { g: 1, u: -1 } });
inner('sort two keys desc', { sort: { g: -1, u: 1 } });
inner('sort dotted', { sort: { 'o.x': 1 } });
inner('sort data. prefix', { sort: { 'data.u': -1 } });
inner('sort _meta.modified', { sort: { '_meta.modified': 1 } });
inner('sort _meta.modified desc', { sort: { '_meta.modified': -1 } });
inner('sort _meta.created', { sort: { '_meta.created': 1 } });
inner('sort _meta.created desc', { sort: { '_meta.created': -1 } });
inner('sort modified', { sort: { modified: -1 } });
inner('sort path', { sort: { path: 1 } });
inner('sort path desc', { sort: { path: -1 } });
inner('sort _meta.path desc', { sort: { '_meta.path': -1 } });
inner('sort unknown member', { sort: { nope: 1 } });
inner('sort empty', { sort: {} });
inner('sort string', { sort: 'u' });
inner('sort array', { sort: [['u', -1]] });
inner('sort dates', { sort: { d: -1 } });
inner('sort with null in the way', { sort: { 'o.x': 1 } }, nulls);
add('options: sort at top level', { sort: { u: -1 } });
add('options: sort in both', { sort: { u: -1 }, options: { sort: { u: 1 } } });
add('options: sort with criteria', { criteria: { g: { $in: ['one', 'two'] } }, options: { sort: { u: -1 } } });
add('options: sort with fields without its key', { fields: { s: 1 }, options: { sort: { u: -1 } } });

// ---- limit and skip
inner('limit', { limit: 2 });
inner('limit 0', { limit: 0 });
inner('limit negative', { limit: -2 });
inner('limit beyond', { limit: 100 });
inner('limit fraction', { limit: 2.5 });
inner('limit string of a number', { limit: '2' });
inner('limit text', { limit: 'x' });
inner('limit true', { limit: true });
inner('limit null', { limit: null });
inner('limit on an exact path', { limit: 1 }, one);
inner('skip', { skip: 2 });
inner('skip 0', { skip: 0 });
inner('skip beyond', { skip: 100 });
inner('skip negative', { skip: -2 });
inner('skip string of a number', { skip: '2' });
inner('skip text', { skip: 'x' });
inner('skip on an exact path', { skip: 1 }, one);
inner('skip and limit', { skip: 1, limit: 2 });
inner('skip, limit and sort', { skip: 1, limit: 2, sort: { u: 1 } });
add('options: skip, limit and sort without ties', { criteria: all_u, options: { skip: 1, limit: 2, sort: { u: -1 } } });
inner('limit and sort desc', { limit: 3, sort: { u: -1 } });
inner('limit 0 and sort', { limit: 0, sort: { u: 1 } });
inner('limit negative and sort', { limit: -2, sort: { u: 1 } });
add('options: limit at top level', { limit: 2 });
add('options: skip at top level', { skip: 2 });
add('options: limit with criteria and sort', { criteria: { g: 'two' }, options: { limit: 1, sort: { u: -1 } } });

// ---- path_only
inner('path_only', { path_only: true });
inner('path_only false', { path_only: false });
inner('path_only on an exact path', { path_only: true }, one);
inner('path_only on an exact path without item', { path_only: true }, none);
add('options: path_only at top level', { path_only: true });
add('options: path_only at top level, exact path', { path_only: true }, one);
add('options: path_only with fields', { fields: { n: 1 }, options: { path_only: true } });
add('options: path_only with criteria', { criteria: { n: 5 }, options: { path_only: true } });
add('options: path_only with sort and limit', { options: { path_only: true, sort: { u: -1 }, limit: 2 } });

// ---- the rest of options
add('options: not an object', { options: 5 });
add('options: null', { options: null });
add('options: whole options a string', 'x');
add('options: whole options null', null);
add('options: aggregate', { aggregate: [{ $group: { _id: '$data.g', total: { $sum: '$data.u' } } }] });
inner('aggregate inside', { aggregate: [{ $group: { _id: '$data.g' } }] });
add('options: collation', { collation: { locale: 'en_US', strength: 1 } });
inner('collation inside', { collation: { locale: 'en_US', strength: 1 } });
inner('count true in a get', { count: true });
add('options: unknown', { foo: 1, options: { bar: 2 } });
add('options: from and to', { from: 1, to: 2 });

// ---- count
add('count: wildcard', {}, count);
add('count: no options', undefined, count);
add('count: exact path', {}, { ...count, ...one });
add('count: exact path without item', {}, { ...count, ...none });
add('count: criteria', { criteria: { n: 5 } }, count);
add('count: criteria that match nothing', { criteria: { n: 77 } }, count);
add('count: criteria on an exact path', { criteria: { n: 6 } }, { ...count, ...one });
add('count: limit', { options: { limit: 2 } }, count);
add('count: skip', { options: { skip: 3 } }, count);
add('count: skip beyond', { options: { skip: 100 } }, count);
add('count: skip and limit', { options: { skip: 10, limit: 5 } }, count);
add('count: limit at top level', { limit: 2 }, count);
add('count: fields', { fields: { n: 1 } }, count);
add('count: unknown operator', { criteria: { n: { $foo: 1 } } }, count);
add('count: path_only', { options: { path_only: true } }, count);

// ---------------------------------------------------------------- asking

const echo = ['type', 'status', 'eventId', 'sessionId', 'action', 'published'];
const is_time = (key, value) => (key === 'created' || key === 'modified') && typeof value === 'number' && value > 1e12;

function hide_times(data) {
  if (data === null || typeof data !== 'object') return data;
  const plain = Array.isArray(data) ? [] : {};
  for (const [key, value] of Object.entries(data)) plain[key] = is_time(key, value) ? 'time' : hide_times(value);
  return plain;
}

function normal_item(item) {
  if (item === null || typeof item !== 'object') return { path: null, data: item, meta_keys: [] };
  const { _meta = {}, ...data } = item;
  return { path: _meta.path || null, data: hide_times(data), meta_keys: Object.keys(_meta).sort() };
}

function normal(answer) {
  if (answer === null) return { silence: true };
  if (Array.isArray(answer)) {
    const meta = answer[answer.length - 1];
    if (meta.status !== 'ok') throw new Error('a list that is an error: ' + JSON.stringify(answer));
    return answer.slice(0, -1).map(normal_item);
  }
  const { error } = answer._meta;
  if (answer._meta.status !== 'ok') return { error: { name: error.name, code: error.code, message: error.message } };
  const meta_keys = Object.keys(answer._meta).filter((key) => !echo.includes(key)).sort();
  return 'data' in answer ? { data: hide_times(answer.data), meta_keys } : { meta_keys };
}

function fill_times(options, times) {
  const text = JSON.stringify(options);
  if (text === undefined) return undefined;
  return JSON.parse(text.replace(/"<(created|modified) ([^>]+)>"/g, (_, kind, path) => times[path][kind]));
}

// A fresh server with all items, and their times.
async function prepare(generation) {
  const server = await start(generations[generation].version);
  const client = await connect(server.port, generations[generation].protocol);
  const times = {};
  for (const item of items) {
    const answer = await client.ask({ action: 'set', path: item.path, data: item.data, options: {} });
    if (!answer || answer._meta.status !== 'ok') throw new Error(`set ${item.path}: ${JSON.stringify(answer)}`);
    await sleep(8);
  }
  for (const item of items) {
    const answer = await client.ask({ action: 'get', path: item.path, data: null, options: {} });
    times[item.path] = { created: answer._meta.created, modified: answer._meta.modified };
  }
  return { server, client, times };
}

async function measure(generation, chosen) {
  let node = await prepare(generation);
  const answers = [];
  for (const { label, action, path, options } of chosen) {
    const request = { action, path, data: null };
    if (options !== undefined) request.options = fill_times(options, node.times);
    const answer = await node.client.ask(request);
    const result = normal(answer);
    if (node.server.died || node.client.closed) {
      result.connection_lost = true;
      console.error(`${generation}: ${label}: the server ended or closed the socket`);
      await node.server.stop();
      node = await prepare(generation);
    }
    answers.push(result);
  }
  node.client.close();
  await node.server.stop();
  return answers;
}

async function main() {
  const only = process.argv[2] === '--only' ? process.argv[3] : null;
  const chosen = cases.filter((entry) => !only || entry.label.includes(only));
  const labels = new Set();
  for (const { label } of cases) {
    if (labels.has(label)) console.error('label used twice:', label);
    labels.add(label);
  }
  const [old, current] = [await measure('old', chosen), await measure('current', chosen)];
  const measured = chosen.map((entry, i) => ({ ...entry, old: old[i], current: current[i] }));
  if (only) return console.log(JSON.stringify(measured, null, 1));
  const lines = (list) => list.map((entry) => '    ' + JSON.stringify(entry)).join(',\n');
  const text = `{\n  "items": [\n${lines(items)}\n  ],\n  "cases": [\n${lines(measured)}\n  ]\n}\n`;
  fs.writeFileSync(path.join(__dirname, '../data/query-matrix.json'), text);
  console.log(`${measured.length} cases`);
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
