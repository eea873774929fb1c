// What the version store costs: requests and bytes, which are exact, and times, which compare within one run.
//
//   pnpm bench:version-store [--only latest,history,…] [--segments 1000000]
//
// Prints one table and writes bench-results/version-store.json.
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measureAppends } from "./version-store/appends.mjs";
import { measureCheck } from "./version-store/check.mjs";
import { measureCollection } from "./version-store/collection.mjs";
import { measureCommitRates } from "./version-store/commit-rates.mjs";
import { measureHistory } from "./version-store/history.mjs";
import { measureRewrite } from "./version-store/rewrite.mjs";
import { measureSharing } from "./version-store/sharing.mjs";
import { measureSnapshots } from "./version-store/snapshots.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    segments: { type: "string", default: "1000000" },
    versions: { type: "string", default: "70000" },
  },
});

const measurements = {
  history: () => measureHistory({ versions: Number(options.versions) }),
  snapshots: () => measureSnapshots(),
  appends: () => measureAppends(),
  sharing: () => measureSharing(),
  rewrite: () => measureRewrite(),
  collection: () => measureCollection(),
  commits: () => measureCommitRates(),
  check: () => measureCheck({ segments: Number(options.segments) }),
};

const wanted = options.only?.split(",") ?? Object.keys(measurements);
const rows = [];
for (const name of wanted) {
  const measure = measurements[name];
  if (measure === undefined) throw new Error(`no such measurement ${name}`);
  for (const row of await measure()) {
    rows.push({ measurement: name, ...row });
    console.log(line([name, row.what, `${row.value} ${row.unit}`, row.target ?? ""]));
  }
}
await mkdir(join(root, "bench-results"), { recursive: true });
const facts = { node: process.version, cores: cpus().length };
await writeFile(
  join(root, "bench-results", "version-store.json"),
  `${JSON.stringify({ ...facts, rows }, undefined, 1)}\n`,
);

function line([name, what, value, target]) {
  return [name.padEnd(11), what.padEnd(66), value.padStart(22), `  ${target}`].join("").trimEnd();
}
