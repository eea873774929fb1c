// Bulk reads and writes of one request's tiles in Bigtable, beside Google's client as one would first use it.
//
//   pnpm services up bigtable
//   pnpm bench:bigtable [--rounds 5] [--rows 250]
//
// Both read the same rows and write equal ones. Rounds alternate, and each begins with another of them, so that what else
// the machine does hits all. Prints one table with medians and writes bench-results/bigtable-bulk.json. CPU time is this
// process's alone; the peak of memory is that of a process that does nothing but read.
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { Bigtable } from "@google-cloud/bigtable";
import { openBigtableStore } from "@foretile/storage-bigtable";
import { bigtableService } from "@foretile/testkit/services";
import { median, rotated } from "./src/statistics.mjs";

const script = fileURLToPath(import.meta.url);
const root = join(dirname(script), "..", "..");
const sizes = { packed: 650_000, raw: 1_156_000 };
/** One call of `insert` with all rows is over what the service takes. */
const ROWS_PER_INSERT = 25;

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    rows: { type: "string", default: "250" },
    read: { type: "string" },
    prefix: { type: "string" },
  },
});
const count = Number(options.rows);
const { endpoint, project, instance, tablePrefix } = await bigtableService();
const prefix = options.prefix ?? tablePrefix.slice(0, 12);
const place = { project, instance, prefix, emulatorHost: endpoint };
const keyOf = (index) => `BTC#1779710400#${String(index).padStart(6, "0")}`;

if (options.read === undefined) await measureAll();
else await readOnce(options.read);

async function measureAll() {
  const store = await openBigtableStore({ ...place, mode: "create" });
  const client = plainClient();
  const results = [];
  const tell = (result) => {
    results.push(result);
    console.log(line(result));
  };
  for (const [name, bytes] of Object.entries(sizes)) {
    const value = Buffer.from(Uint8Array.from({ length: bytes }, (_, index) => (index * 31) % 251));
    const tiles = `${name} ${count} x ${bytes}`;
    const low = store.table(name);
    await low.setFamily("p", {});
    const plainTable = client.instance(instance).table(`${prefix}_${name}`);
    const insertTable = client.instance(instance).table(`${prefix}_${name}-insert`);
    const groups = {
      write: {
        plain: () => insertRows(insertTable, value),
        rows: () => writeRows(low, value),
        blobs: () => writeBlobs(store, name, value),
      },
      read: {
        plain: () => readStream(plainTable),
        rows: () => readRows(low),
        blobs: () => readBlobs(store, name),
      },
    };
    await insertTable.create({ families: ["p"] });
    for (const [group, works] of Object.entries(groups)) {
      const samples = await alternate(works, Number(options.rounds));
      const plain = summary(samples.plain, bytes);
      for (const work of Object.keys(works)) {
        const { mbPerSecond, cpuMs } = summary(samples[work], bytes);
        const timesPlain = mbPerSecond / plain.mbPerSecond;
        const cpuOfPlain = cpuMs / plain.cpuMs;
        tell({
          tiles,
          work: `${group}, ${work}`,
          mbPerSecond,
          timesPlain,
          cpuMs,
          cpuOfPlain,
        });
      }
    }
    await insertTable.delete();
    for (const reader of ["ours", "plain"]) {
      tell({
        tiles,
        work: `peak memory of reading, ${reader}`,
        megabytes: await peakOf(reader, name),
      });
    }
  }
  await store.close();
  await mkdir(join(root, "bench-results"), { recursive: true });
  const facts = { node: process.version, cores: cpus().length, rounds: Number(options.rounds) };
  await writeFile(
    join(root, "bench-results", "bigtable-bulk.json"),
    `${JSON.stringify({ ...facts, results }, undefined, 1)}\n`,
  );
}

/** Runs each work once a round, beginning with another one each time. */
async function alternate(works, rounds) {
  const names = Object.keys(works);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of rotated(names, round)) {
      globalThis.gc?.();
      const cpu = process.cpuUsage();
      const started = performance.now();
      await works[name]();
      const ms = performance.now() - started;
      const { user, system } = process.cpuUsage(cpu);
      samples[name].push({ ms, cpuMs: (user + system) / 1_000 });
    }
  }
  return samples;
}

function summary(samples, bytes) {
  return {
    mbPerSecond: (bytes * count) / 1e3 / median(samples.map(({ ms }) => ms)),
    cpuMs: median(samples.map(({ cpuMs }) => cpuMs)),
  };
}

async function writeRows(table, value) {
  const rows = Array.from({ length: count }, (_, index) => ({
    key: keyOf(index),
    mutations: [{ type: "set-cell", family: "p", qualifier: "d", timestampMicros: 0, value }],
  }));
  for (const status of await table.mutateRows(rows)) if (!status.ok) throw status.error;
}

async function writeBlobs(store, name, value) {
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      store.blobs.putNew(`${name}/${keyOf(index)}`, value),
    ),
  );
}

async function insertRows(table, value) {
  for (let at = 0; at < count; at += ROWS_PER_INSERT) {
    const length = Math.min(ROWS_PER_INSERT, count - at);
    await table.insert(
      Array.from({ length }, (_, index) => ({ key: keyOf(at + index), data: { p: { d: value } } })),
    );
  }
}

async function readRows(table) {
  let rows = 0;
  const filter = { cellsPerColumn: 1 };
  for await (const batch of table.readRows({ ranges: [{ gte: "BTC#", lt: "BTC~" }] }, { filter })) {
    rows += batch.length;
  }
  expectAll(rows);
}

async function readBlobs(store, name) {
  const values = Array.from({ length: count }, async (_, index) => {
    const bytes = await store.blobs.get(`${name}/${keyOf(index)}`);
    return bytes === undefined ? 0 : 1;
  });
  expectAll((await Promise.all(values)).reduce((sum, each) => sum + each, 0));
}

async function readStream(table) {
  let rows = 0;
  for await (const row of table.createReadStream({ start: "BTC#", end: "BTC~" })) {
    if (row.data.p.d[0].value.length > 0) rows += 1;
  }
  expectAll(rows);
}

async function readOnce(reader) {
  const [who, name] = reader.split(" ");
  if (who === "plain") {
    await readStream(plainClient().instance(instance).table(`${prefix}_${name}`));
  } else {
    await using store = await openBigtableStore({ ...place, mode: "read" });
    await readRows(store.table(name));
  }
  console.log(process.resourceUsage().maxRSS);
}

/** The peak of resident memory, in megabytes, of a process of its own that reads all rows. */
async function peakOf(reader, name) {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...process.execArgv,
    script,
    "--read",
    `${reader} ${name}`,
    "--prefix",
    prefix,
    "--rows",
    String(count),
  ]);
  return (Number(stdout.trim()) * 1_024) / 1e6;
}

/** Metrics go to Google's cloud, which a test server is no part of. All else is as it comes. */
function plainClient() {
  return new Bigtable({ projectId: project, apiEndpoint: endpoint, metricsEnabled: false });
}

function expectAll(rows) {
  if (rows !== count) throw new Error(`rows are missing wanted=${count} found=${rows}`);
}

function line({ tiles, work, mbPerSecond, timesPlain, cpuMs, cpuOfPlain, megabytes }) {
  const value =
    megabytes === undefined
      ? [
          `${mbPerSecond.toFixed(0)} MB/s`.padStart(10),
          `${timesPlain.toFixed(2)} x plain`.padStart(14),
          `${cpuMs.toFixed(0)} ms CPU`.padStart(14),
          `${cpuOfPlain.toFixed(2)} of plain`.padStart(15),
        ].join("")
      : `${megabytes.toFixed(0)} MB`.padStart(10);
  return `${tiles.padEnd(24)}${work.padEnd(32)}${value}`;
}
