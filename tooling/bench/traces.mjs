// What series cost: a trace set beside DuckDB and SQLite with the same points, and how a trace set's cost grows.
//
// Every subject gives the same points, or has no figures. Prints tables and writes bench-results/traces.json.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machineFacts, machineLine } from "./src/machine.mjs";
import { meetRequirements } from "./src/requirements.mjs";
import { measureGrowth } from "./traces/measure-growth.mjs";
import { measureSubject } from "./traces/measure-subject.mjs";
import { growthTable, subjectTable } from "./traces/tables.mjs";

const usage = `What series cost: a trace set beside DuckDB and SQLite, and how a trace set's cost grows with its tiles.

  --traces N         how many series (100000)
  --tiles N          tiles of 256 positions (4)
  --density LIST     share of the points that are there (1,0.05)
  --subject LIST     of foretile, duckdb and sqlite (all); '' for none
  --growth LIST      counts of tiles to compare (1,4,16,64); '' for none
  --growth-traces N  series of that comparison (20000)
  --folder DIR       where to put data; the disk that is measured
  --no-install       do not install the peers`;

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const { values: options } = parseArgs({
  options: {
    traces: { type: "string", default: "100000" },
    tiles: { type: "string", default: "4" },
    density: { type: "string", default: "1,0.05" },
    subject: { type: "string", default: "foretile,duckdb,sqlite" },
    growth: { type: "string", default: "1,4,16,64" },
    "growth-traces": { type: "string", default: "20000" },
    folder: { type: "string", default: tmpdir() },
    "no-install": { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (options.help) {
  console.log(usage);
  process.exit();
}
const subjects = list(options.subject);
const facts = machineFacts();
console.log(machineLine(facts));

const { problems } = await meetRequirements(new Set(subjects.includes("duckdb") ? ["peers"] : []), {
  install: !options["no-install"],
  tell: (text) => console.error(text),
  startPostgres: () => Promise.reject(new Error("not needed")),
});
for (const [need, problem] of problems) throw new Error(`${need}: ${problem}`);

const folder = await mkdtemp(join(options.folder, "foretile-traces-"));
const rows = [];
try {
  for (const density of list(options.density).map(Number)) {
    const size = { traces: Number(options.traces), tiles: Number(options.tiles), density };
    const measured = [];
    for (const subject of subjects) {
      measured.push(await measureSubject(subject, size, folder));
      console.error(`${subject}, density ${density}: done`);
    }
    rows.push(...measured.map((row) => ({ ...size, ...row })));
    console.log(`\n${size.traces} traces × ${size.tiles} tiles, density ${density}`);
    console.log(subjectTable(measured));
  }
  const tiles = list(options.growth).map(Number);
  if (tiles.length > 0) {
    const size = { traces: Number(options["growth-traces"]), density: 0.05 };
    const growth = await measureGrowth(size, tiles, folder);
    rows.push(...growth.map((row) => ({ ...size, subject: "foretile", ...row })));
    console.log(`\n${size.traces} traces, density ${size.density}, more and more tiles`);
    console.log(growthTable(growth));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
const results = join(root, "bench-results");
await mkdir(results, { recursive: true });
await writeFile(
  join(results, "traces.json"),
  `${JSON.stringify({ ...facts, rows }, undefined, 1)}\n`,
);

function list(text) {
  return text.split(",").filter((part) => part !== "");
}
