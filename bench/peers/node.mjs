// jsforce, which works as the benchmark tells it: node.mjs ADDRESS

import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import process from "node:process";
import jsforce from "jsforce";

const instanceUrl = `http://${process.argv[2]}`;
const accessToken = "00Dxx0000001gPL!AR8AQBzHjTb0Hvp3EWt";
const id = "001xx000003DGb2AAG";
const fields = [
  "Id", "Name", "Industry", "Phone", "Website", "BillingCity", "BillingCountry",
  "AnnualRevenue", "NumberOfEmployees", "LastModifiedDate",
];

const connection = new jsforce.Connection({ instanceUrl, accessToken, version: "66.0" });
const account = connection.sobject("Account");

async function read() {
  const soql = `SELECT ${fields.join(", ")} FROM Account`;
  let result = await connection.query(soql);
  const records = result.records;
  while (!result.done) {
    result = await connection.queryMore(result.nextRecordsUrl);
    records.push(...result.records);
  }
  return records.length;
}

const works = {
  create: async () => {
    await account.create({ Name: "Acme", Industry: "Manufacturing", NumberOfEmployees: 42 });
    return 1;
  },
  get: async () => {
    await account.retrieve(id, { fields });
    return 1;
  },
  update: async () => {
    await account.update({ Id: id, NumberOfEmployees: 43 });
    return 1;
  },
  login: async () => {
    const oauth2 = { loginUrl: instanceUrl, clientId: "app", clientSecret: "hush" };
    await new jsforce.Connection({ oauth2 }).authorize({ grant_type: "client_credentials" });
    return 1;
  },
  read,
  "read-parsed": read,
};

async function obey({ work, times }) {
  const calls = [];
  let rows = 0;
  const usage = process.cpuUsage();
  const start = process.hrtime.bigint();
  for (let done = 0; done < times; done += 1) {
    const begin = process.hrtime.bigint();
    rows = await works[work]();
    calls.push(Number(process.hrtime.bigint() - begin));
  }
  const elapsed = Number(process.hrtime.bigint() - start);
  const { user, system } = process.cpuUsage(usage);
  const peak = process.resourceUsage().maxRSS * 1024;
  return { calls, elapsed, cpu: (user + system) * 1000, peak, rows };
}

const { version } = createRequire(import.meta.url)("jsforce/package.json");
console.log(JSON.stringify({ ready: `jsforce ${version}, Node ${process.versions.node}` }));
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await obey(JSON.parse(line))));
}
