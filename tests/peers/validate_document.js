// Is a document what it says it is? As the ecosystem's own validators judge.
//   node validate_document.js openapi|asyncapi FILE
// openapi: the 3.1 schema, every $ref, path parameters as in the path, operation ids that are there once, and
// every example against the schema beside it. asyncapi: the parser of AsyncAPI itself, which looks at all of that.
// Prints "VALID VERSION" and ends with 0, or what is wrong and ends with 1.
'use strict';
const fs = require('fs');

const severity_error = 0; // of AsyncAPI's diagnostics
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

function operations_of(document) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    methods.filter((method) => item[method]).map((method) => ({ path, method, operation: item[method] }))
  );
}

function parameter_faults({ path, method, operation }) {
  const templated = [...path.matchAll(/\{([^}]*)\}/g)].map((match) => match[1]).sort();
  const declared = (operation.parameters || []).filter((p) => p.in === 'path').map((p) => p.name).sort();
  const same = JSON.stringify(templated) === JSON.stringify(declared);
  return same ? [] : [`${method} ${path}: the path has ${templated}, its parameters are ${declared}`];
}

function id_faults(operations) {
  const ids = operations.map(({ operation }) => operation.operationId);
  return ids.filter((id, index) => !id || ids.indexOf(id) !== index).map((id) => `operationId ${id} is not unique`);
}

/// Paths that differ in the names of their parameters only are the same path (3.1.0 section 4.8.8).
function path_faults(document) {
  const shapes = Object.keys(document.paths).map((path) => path.replace(/\{[^}]*\}/g, '{}'));
  return shapes.filter((shape, index) => shapes.indexOf(shape) !== index).map((shape) => `${shape} is there twice`);
}

/// [place, schema, value] of every example.
function examples_of({ path, method, operation }) {
  const found = [];
  const add_media = (place, content) => {
    for (const [type, media] of Object.entries(content || {}))
      for (const { value } of Object.values(media.examples || {})) found.push([`${place} ${type}`, media.schema, value]);
  };
  for (const parameter of operation.parameters || [])
    if ('example' in parameter) found.push([`parameter ${parameter.name}`, parameter.schema, parameter.example]);
  add_media('body', operation.requestBody && operation.requestBody.content);
  for (const [status, response] of Object.entries(operation.responses)) add_media(status, response.content);
  return found.map(([place, schema, value]) => [`${method} ${path} ${place}`, schema, value]);
}

function example_faults(document, operations) {
  const Ajv = require('ajv/dist/2020').default;
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'document', components: document.components });
  const faults = [];
  for (const [place, schema, value] of operations.flatMap(examples_of)) {
    const text = JSON.stringify(schema).replaceAll('"#/components', '"document#/components');
    const valid = ajv.compile(JSON.parse(text));
    if (!valid(value)) faults.push(`${place}: ${JSON.stringify(value)} ${ajv.errorsText(valid.errors)}`);
  }
  return faults;
}

async function openapi_faults(text) {
  const { Validator } = await import('@seriousme/openapi-schema-validator');
  const validator = new Validator();
  const document = JSON.parse(text);
  const result = await validator.validate(JSON.parse(text));
  if (!result.valid) return { version: validator.version, faults: [JSON.stringify(result.errors)] };
  validator.resolveRefs(); // throws on one that leads nowhere
  const operations = operations_of(document);
  const faults = [
    ...operations.flatMap(parameter_faults),
    ...id_faults(operations),
    ...path_faults(document),
    ...example_faults(document, operations),
  ];
  return { version: validator.version, faults };
}

async function asyncapi_faults(text) {
  const { Parser } = require('@asyncapi/parser');
  const { document, diagnostics } = await new Parser().parse(text);
  const faults = diagnostics
    .filter((found) => found.severity === severity_error)
    .map((found) => `${found.path.join('/')}: ${found.message}`);
  if (!document && faults.length === 0) faults.push('not parsed');
  return { version: document && document.version(), faults };
}

async function main([kind, file]) {
  const text = fs.readFileSync(file, 'utf8');
  const { version, faults } = await (kind === 'openapi' ? openapi_faults(text) : asyncapi_faults(text));
  process.stdout.write(faults.length ? faults.join('\n') + '\n' : `VALID ${version}\n`);
  process.exitCode = faults.length ? 1 : 0;
}

main(process.argv.slice(2)).catch((error) => {
  process.stdout.write(`${error.stack}\n`);
  process.exitCode = 1;
});
