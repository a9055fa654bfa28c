// Has a client written in TypeScript from an OpenAPI document, by @hey-api/openapi-ts, compiles it together with a
// program that uses it (use_openapi_client.ts), and runs that.
//   node write_openapi_client.js BASE_URL DIRECTORY USERNAME PASSWORD
// The document is the one that this user sees. Prints what the program prints: a line of JSON for each step. Ends with
// 1, and the compiler's words, where the client or its use does not compile.
'use strict';
const fs = require('fs');
const path = require('path');
const { spawnSync } = require('child_process');
const packages = require('./packages');

const compiler = require.resolve('typescript/bin/tsc');
const program = 'use_openapi_client.ts';

async function document_of(url, username, password) {
  const login = await fetch(`${url}/rest/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  const { token } = (await login.json()).data;
  const answer = await fetch(`${url}/openapi.json`, { headers: { Authorization: `Bearer ${token}` } });
  return answer.json();
}

async function write_client(document, directory) {
  const { createClient } = await import('@hey-api/openapi-ts');
  const input = path.join(directory, 'openapi.json');
  fs.writeFileSync(input, JSON.stringify(document));
  await createClient({
    input,
    output: path.join(directory, 'client'),
    plugins: ['@hey-api/client-fetch', '@hey-api/sdk', '@hey-api/typescript'],
    logs: { level: 'error' },
  });
}

function run(args, directory) {
  const { status } = spawnSync(process.execPath, args, { cwd: directory, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

async function main([url, directory, username, password]) {
  packages.keep_stdout_for_results();
  await write_client(await document_of(url, username, password), directory);
  fs.copyFileSync(path.join(__dirname, program), path.join(directory, program));
  const target = ['--target', 'es2022', '--lib', 'es2022,dom,dom.iterable', '--module', 'commonjs'];
  run([compiler, '--strict', '--skipLibCheck', ...target, '--moduleResolution', 'node10', '--outDir', 'compiled', program], directory);
  run([path.join('compiled', program.replace('.ts', '.js')), url, username, password], directory);
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
