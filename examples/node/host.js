// Runs the Salesforce connector in Node. Before: jco transpile salesforce-connector.wasm
// --instantiation async -o CONNECTOR. Then: node host.js CONNECTOR
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { WASIShim } from '@bytecodealliance/preview2-shim/instantiation';

/** A compiled connector, of which each call makes an instance: one org, one user. */
async function connector(folder) {
  const { instantiate } = await import(pathToFileURL(resolve(folder, 'salesforce-connector.js')));
  const compile = async (file) => WebAssembly.compile(await readFile(resolve(folder, file)));
  return (env, allowed) => {
    const imports = new WASIShim({ sandbox: { env } }).getImportObject();
    return instantiate(compile, { ...imports, ...http(imports, allowed) });
  };
}

/** The shim's HTTP, with a policy for hosts, and with an error code where an answer breaks off. */
function http({ 'wasi:http/outgoing-handler': handler, 'wasi:http/types': types }, allowed) {
  const handle = (request, options) => {
    if (!allowed(request.authority())) throw { tag: 'HTTP-request-denied' };
    // The shim has one timeout, until the headers come, and takes it from this one.
    options.setConnectTimeout(options.firstByteTimeout());
    return handler.handle(request, options);
  };
  const httpErrorCode = (error) => {
    const code = types.httpErrorCode(error);
    return code?.tag ? code : { tag: 'HTTP-response-incomplete' };
  };
  return { 'wasi:http/outgoing-handler': { handle }, 'wasi:http/types': { ...types, httpErrorCode } };
}

const settings = Object.entries(process.env).filter(([name]) => name.startsWith('SALESFORCE_'));
const start = await connector(process.argv[2]);
const org = await start(Object.fromEntries(settings), (host) => /^127\.0\.0\.1:|\.salesforce\.com$/.test(host));

console.log('logged in by', JSON.parse(org.session.login().more).flow);
const created = org.records.create('Account', JSON.stringify({ Name: 'Acme' }));
const { id } = JSON.parse(created.body);
console.log('created', created.status);
const page = org.query.query(`SELECT Name FROM Account WHERE Id = '${id}'`, false);
console.log('found', JSON.parse(page.body).records[0].Name);
try {
  org.records.create('Account', '{"Nam": "Acme"}');
} catch (error) {
  if (!error.payload) throw error; // The instance broke down: start a new one.
  const { tag, val } = error.payload;
  console.log('refused', tag, val.code, 'applied', val.applied);
}
console.log('deleted', org.records.delete('Account', id).status);
