// The main job on full-size tiles: ingest one request from NDJSON to flushed, read and score it, each on one and two
// threads; and beside it what JSON.parse alone takes for the same text.
//
//   pnpm bench:main-job [--tiles 250] [--rounds 3] [--simulations 1000]
//
// Runs the built programs as whole processes on a store in a temporary folder. Prints medians and writes
// bench-results/main-job.json.
import { spawn } from "node:child_process";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeTile, predictionText } from "./src/data/make-tile.mjs";
import { brownianMoves } from "./src/data/price-moves.mjs";
import { machineFacts, machineLine } from "./src/machine.mjs";
import { formatNumber } from "./src/report/format-number.mjs";
import { aligned } from "./src/report/aligned.mjs";
import { resultRows } from "./src/report/results.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const { values: options } = parseArgs({
  options: {
    tiles: { type: "string", default: "250" },
    rounds: { type: "string", default: "3" },
    simulations: { type: "string", default: "1000" },
  },
});
const tiles = Number(options.tiles);
const rounds = Number(options.rounds);
const simulations = Number(options.simulations);
const request = {
  id: "r1",
  label: "low",
  asset: "BTC",
  start_time: "2017-12-05T12:00:00+00:00",
  time_increment: 300,
  time_length: 86400,
  num_simulations: simulations,
};
const startUnixSeconds = 1512475200;
const steps = 289;
const shape = { simulations, steps };
const rawBytes = tiles * simulations * steps * 4;
const moves = brownianMoves({ start: 104_856.23, yearlyVolatility: 0.6, incrementSeconds: 300 });

const folder = await mkdtemp(join(tmpdir(), "foretile-bench-"));
try {
  const input = join(folder, "answers.ndjson");
  const prices = join(folder, "prices.csv");
  await writeInput(input);
  await writePrices(prices);
  const textBytes = (await stat(input)).size;

  const rows = new Map();
  const note = (workload, metric, unit, value) => {
    const key = `${workload}/${metric}`;
    const row = rows.get(key) ?? { workload, subject: "foretile", metric, unit, values: [] };
    row.values.push(value);
    rows.set(key, row);
  };
  for (let round = 0; round < rounds; round += 1) {
    note("JSON.parse alone", "text", "MB/s", textBytes / 1e6 / (await parseSeconds(input)));
    const path = join(folder, `store-${round}`);
    const store = `lmdb:${path}`;
    for (const threads of [1, 2]) {
      await rm(path, { recursive: true, force: true });
      await program("admin-cli", ["--store", store, "init"]);
      const writer = ["ingest", "--store", store, "--threads", `${threads}`, input];
      const ingest = await program("validator-writer", writer);
      const workload = `ingest, ${threads} thread${threads === 1 ? "" : "s"}`;
      note(workload, "text", "MB/s", textBytes / 1e6 / ingest.seconds);
      note(workload, "tiles", "1/s", tiles / ingest.seconds);
      note(workload, "peak memory", "MB", ingest.peakBytes / 1e6);
    }
    for (const threads of [1, 2]) {
      const scorer = ["score", "--store", store, "--prices", prices, "--asset", "BTC"];
      const extra = ["--rescore", "--threads", `${threads}`, "--json"];
      const score = await program("scorer-reader", [...scorer, ...extra]);
      const workload = `read and score, ${threads} thread${threads === 1 ? "" : "s"}`;
      note(workload, "tiles", "1/s", tiles / score.seconds);
      note(workload, "float32", "MB/s", rawBytes / 1e6 / score.seconds);
      note(workload, "peak memory", "MB", score.peakBytes / 1e6);
    }
    const { output } = await program("admin-cli", ["--store", store, "stats", "--json"]);
    const [total] = output.split("\n");
    const stats = JSON.parse(total);
    note("storage", "stored per raw byte", "", stats.stored_bytes / stats.raw_bytes);
    note("storage", "file", "MB", (await stat(join(path, "data.mdb"))).size / 1e6);
    await rm(path, { recursive: true });
  }
  await report(resultRows(rows.values()), textBytes);
} finally {
  await rm(folder, { recursive: true });
}

async function writeInput(file) {
  const stream = createWriteStream(file);
  const write = async (line) => {
    if (!stream.write(`${line}\n`)) await once(stream, "drain");
  };
  await write(JSON.stringify({ request }));
  for (let tile = 0; tile < tiles; tile += 1) {
    const facts = {
      request: "r1",
      miner_uid: tile % 256,
      miner_id: 1000 + tile,
      process_time: 1.5,
    };
    const exact = new Float64Array(simulations * steps);
    makeTile({ seed: tile, start: moves.start, factors: moves.factors, shape, exact });
    const prediction = predictionText(exact, { startUnixSeconds, incrementSeconds: 300, shape });
    await write(`{"response":${JSON.stringify(facts).slice(0, -1)},"prediction":${prediction}}}`);
  }
  await write(JSON.stringify({ publish: "r1" }));
  stream.end();
  await once(stream, "close");
}

/** Only the parsing counts: neither reading nor decoding. */
async function parseSeconds(file) {
  let seconds = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const started = performance.now();
    JSON.parse(line);
    seconds += (performance.now() - started) / 1000;
  }
  return seconds;
}

async function writePrices(file) {
  // A price after the last step tells that the request is over.
  const prices = [...moves.realized(0, steps + 1)];
  const lines = prices.map((price, step) => `${startUnixSeconds + 300 * step},${price.toFixed(2)}`);
  await writeFile(file, `timestamp,price\n${lines.join("\n")}\n`);
}

async function program(app, args) {
  const usageFile = join(folder, "usage.json");
  const preload = join(root, "tooling", "bench", "report-usage.mjs");
  const main = join(root, "apps", app, "dist", "main.js");
  const started = performance.now();
  const child = spawn(process.execPath, ["--import", preload, main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, FORETILE_USAGE_FILE: usageFile },
  });
  const output = [];
  const errors = [];
  child.stdout.on("data", (chunk) => output.push(chunk));
  child.stderr.on("data", (chunk) => errors.push(chunk));
  const [code] = await once(child, "close");
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0)
    throw new Error(`${app} ${args.join(" ")} failed: ${Buffer.concat(errors).toString()}`);
  const { peakBytes } = JSON.parse(await readFile(usageFile, "utf8"));
  return { seconds, peakBytes, output: Buffer.concat(output).toString() };
}

async function report(rows, textBytes) {
  console.log(machineLine(machineFacts()));
  console.log(
    `${tiles} tiles of ${simulations} × ${steps}: ${(textBytes / 1e6).toFixed(0)} MB of JSON, ` +
      `${(rawBytes / 1e6).toFixed(0)} MB of float32; ${rounds} rounds, whole processes\n`,
  );
  const lines = rows.map(({ workload, metric, unit, median, min, max }) => {
    const what = unit === "" ? metric : `${metric} [${unit}]`;
    return [workload, what, ...[median, min, max].map(formatNumber)];
  });
  console.log(aligned([["workload", "metric", "median", "min", "max"], ...lines], 2));
  await mkdir(join(root, "bench-results"), { recursive: true });
  const file = join(root, "bench-results", "main-job.json");
  await writeFile(file, `${JSON.stringify(rows, undefined, 2)}\n`);
}
