// The packages under test by name and version, and what each needs to run on a current Node.
'use strict';
const crypto = require('crypto');

// The old generation was written for Node 4..8, where pbkdf2 without a digest meant sha1.
function allow_pbkdf2_without_digest() {
  const { pbkdf2, pbkdf2Sync } = crypto;
  crypto.pbkdf2 = function (password, salt, iterations, length, digest, callback) {
    if (typeof digest === 'function') return pbkdf2.call(crypto, password, salt, iterations, length, 'sha1', digest);
    return pbkdf2.call(crypto, password, salt, iterations, length, digest || 'sha1', callback);
  };
  crypto.pbkdf2Sync = function (password, salt, iterations, length, digest) {
    return pbkdf2Sync.call(crypto, password, salt, iterations, length, digest || 'sha1');
  };
}

// Libraries log to stdout, which carries our protocol: send theirs to stderr and keep stdout for `print`.
function keep_stdout_for_results() {
  process.env.LOG_LEVEL = process.env.LOG_LEVEL || 'error';
  process.stdout.write = process.stderr.write.bind(process.stderr);
}

// A pipe takes 64 KiB at once, and is told to refuse rather than to block.
function print(line) {
  const { writeSync } = require('fs');
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let rest = Buffer.from(line + '\n'); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 1); // ms, for the reader
    }
  }
}

const folders = {
  'happn-3': { '1.12.1': 'happn-3-old', '3.1.1': 'happn-3-3', '12.1.10': 'happn-3-12', '13.12.1': 'happn-3' },
  'happner-2': {
    '2.13.0': 'happner-2-old',
    '5.2.1': 'happner-2-5',
    '11.16.1': 'happner-2-11',
    '13.1.1': 'happner-2',
  },
  'happner-client': { '2.0.0': 'happner-client-2', '11.6.7': 'happner-client-11', '12.7.6': 'happner-client' },
};

function load(name, version) {
  const folder = (folders[name] || {})[version];
  if (!folder) throw new Error(`${name} ${version} is not one of ${JSON.stringify(folders)}`);
  if (folder.endsWith('-old')) allow_pbkdf2_without_digest();
  const installed = require(`${folder}/package.json`).version;
  if (installed !== version) throw new Error(`${name} ${version} is wanted, ${installed} is installed`);
  return require(folder);
}

module.exports = { keep_stdout_for_results, load, print };
