import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { temporaryFolder } from "@foretile/testkit";
import { bigtableService, outsideTools } from "@foretile/testkit/services";
import { beforeEach, expect, test, vi } from "vitest";

import { jsonLines, runForetile } from "../../support/run-foretile.ts";

const { endpoint, project, instance, tablePrefix } = await bigtableService();
const outside = outsideTools();

const label = {
  label: "low",
  time_increment: 300,
  time_length: 3_600,
  num_simulations: 5,
  intervals: [
    ["5min", 300],
    ["30min", 1_800],
  ],
};
const points = label.time_length / label.time_increment + 1;
const startUnix = 1_512_475_200;

beforeEach(() => {
  vi.stubEnv("BIGTABLE_EMULATOR_HOST", endpoint);
});

function rows(...args: string[]): Promise<string> {
  const [command = "", ...rest] = args;
  return outside.rows([command, project, instance, ...rest], { BIGTABLE_EMULATOR_HOST: endpoint });
}

async function run(...argv: string[]): Promise<string> {
  const finished = await runForetile(argv);
  expect({ argv, ...finished }).toMatchObject({ argv, exitCode: 0, errors: "" });
  return finished.output;
}

function keyOf(minerId: number): string {
  return `BTC#${startUnix}#${String(minerId).padStart(6, "0")}`;
}

/** An answer as a miner sends it: prices with eight digits. */
function answerOf(minerId: number): readonly unknown[] {
  const path = (simulation: number): number[] =>
    Array.from(
      { length: points },
      (_, point) => Math.round((11_900 + minerId + simulation * 3.21 + point / 7) * 1000) / 1000,
    );
  return [startUnix, label.time_increment, ...[0, 1, 2, 3, 4].map(path)];
}

test("rows that Google's client wrote with numpy's bytes are listed, read and imported", async () => {
  await using folder = await temporaryFolder();
  const table = `${tablePrefix}_low`;
  await rows("create", table);
  for (const minerId of [7, 42]) {
    const [answer, bytes] = [join(folder.path, "answer.json"), join(folder.path, "row.f32")];
    await writeFile(answer, JSON.stringify(answerOf(minerId)));
    await outside.predictionRow(["make", answer, bytes]);
    await rows("put", table, keyOf(minerId), bytes);
  }
  await writeFile(join(folder.path, "short"), "too short to be a tile");
  await rows("put", table, `BTC#${startUnix}#000099`, join(folder.path, "short"));

  const source = ["--store", `bigtable://${project}/${instance}/${tablePrefix}`];
  expect(
    jsonLines(await run("upstream", "list", ...source, "--table", "low", "--json")),
  ).toMatchObject([{ asset: "BTC", start_unix: startUnix }]);

  const target = `lmdb:${folder.path}/target`;
  const labels = join(folder.path, "labels.json");
  const [known] = jsonLines(await run("label", "list", "--store", "memory:", "--json"));
  await writeFile(labels, JSON.stringify([{ ...(known as object), ...label }]));
  await run("init", "--store", target, "--labels", labels);
  const show = ["upstream", "show", `BTC#${startUnix}`, ...source, "--table", "low"];
  const shown = await runForetile([...show, "--label", "low", "--library", target, "--json"]);
  expect(shown.exitCode).toBe(4);
  expect(jsonLines(shown.output)).toMatchObject([
    { miner_id: 7, status: "sound" },
    { miner_id: 42, status: "sound" },
    { miner_id: 99, status: "damaged" },
  ]);
  const wanted = [...source, "--table", "low", "--label", "low", "--into", target];
  const imported = await runForetile(["upstream", "import", ...wanted, "--json"]);
  // One row is damaged: it is told, and costs nobody else anything.
  expect(imported.exitCode).toBe(4);

  const stored = join(folder.path, "stored");
  await mkdir(stored);
  await rows("get", table, `BTC#${startUnix}#`, stored);
  for (const minerId of [7, 42]) {
    const args = ["tile", "show", `low/BTC#${startUnix}`, String(minerId), "--store", target];
    const [ours] = jsonLines(await run(...args, "--json")) as { values: number[][] }[];
    const file = join(stored, `${keyOf(minerId)}.f32`);
    const theirs: unknown = JSON.parse(
      await outside.predictionRow(["show", file, "--simulations", "5"]),
    );
    // Ours are by step, and as short as float32 allows; theirs are by path.
    const path = (simulation: number): number[] | undefined =>
      ours?.values.map((step) => Math.fround(step[simulation] ?? Number.NaN));
    expect(theirs).toMatchObject({
      shape: [label.num_simulations, points],
      first_path: path(0),
      last_path: path(4),
    });
  }
});
