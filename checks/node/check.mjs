// Checks MCP tools and Camunda templates by what their makers publish: node check.mjs FOLDER,
// where FOLDER has mcp.json and camunda.json.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ListToolsResultSchema } from "@modelcontextprotocol/sdk/types.js";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { evaluate, parseExpression } from "feelin";

const read = (name) => JSON.parse(readFileSync(join(process.argv[2], name), "utf8"));

// MCP: the answer to tools/list, and the schemas in it.
const { tools } = ListToolsResultSchema.parse(read("mcp.json"));
assert.ok(tools.length >= 20);
for (const { name, title, inputSchema, outputSchema, annotations } of tools) {
  assert.match(name, /^[A-Za-z0-9_-]{1,64}$/);
  assert.ok(title && annotations);
  for (const schema of [inputSchema, outputSchema]) {
    const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
    const valid = ajv.compile(schema);
    for (const example of schema.examples) {
      assert.ok(valid(example), `${name}: ${ajv.errorsText(valid.errors)}`);
    }
    // Several models take no schema that has a choice at its top.
    assert.ok(!schema.oneOf && !schema.anyOf && !schema.allOf, name);
  }
}

// Camunda: the schema is one of draft 7, whose identifier it writes without its last sign.
const schema = createRequire(import.meta.url)(
  "@camunda/zeebe-element-templates-json-schema/resources/schema.json",
);
const draft = "http://json-schema.org/draft-07/schema";
const plain = JSON.parse(
  JSON.stringify(schema, (key, value) => {
    // Identifiers inside say nothing, and several stand twice.
    if (key === "$id" || key === "errorMessage") return undefined;
    return key === "$schema" && value === draft ? `${draft}#` : value;
  }),
);
const ajv = new Ajv({ strict: false, allErrors: true });
const valid = ajv.compile(plain);
const templates = read("camunda.json");
assert.equal(templates.length, tools.length);
assert.ok(valid(templates), ajv.errorsText(valid.errors, { separator: "\n" }));
assert.ok(!valid([{ ...templates[0], appliesTo: "bpmn:Task" }]), "the schema must bite");

// Every expression is FEEL, and does what it is for.
const bpmnError = (code, message, variables) => ({ code, message, variables });
const failure = (kind) => ({ error: { code: "DUPLICATE_VALUE", message: "m", variables: { kind } } });
const broken = (feel) => {
  let found = false;
  parseExpression(feel).iterate({ enter: (node) => void (found ||= node.type.isError) });
  return found;
};
assert.ok(broken("if a then b"), "the grammar must bite");
for (const { id, properties } of templates) {
  const value = (key) => {
    const text = properties.find(({ binding }) => binding.key === key).value;
    assert.ok(text.startsWith("=") && !broken(text.slice(1)), `${id}: ${text}`);
    return text.slice(1);
  };
  const error = (context) => evaluate(value("errorExpression"), { ...context, bpmnError }).value;
  assert.equal(error({ error: null }), null);
  assert.equal(error(failure("transient")), null);
  assert.equal(error(failure("permanent")).code, "DUPLICATE_VALUE");
  const response = { status: 201, body: { id: "001" }, locator: "l", related: "many", cut: {} };
  const result = evaluate(value("resultExpression"), { response }).value;
  assert.deepEqual(result.salesforceResult, { id: "001" });
  assert.equal(result.salesforceStatus, 201);
  for (const { id, feel, placeholder } of properties) {
    if (feel === "required" && placeholder) assert.ok(!broken(placeholder), `${id}: ${placeholder}`);
  }
}
console.log(`${tools.length} MCP tools and ${templates.length} Camunda templates are valid.`);
