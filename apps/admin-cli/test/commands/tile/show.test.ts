import { readFile } from "node:fs/promises";

import { openStore } from "@foretile/app-kit";
import { temporaryFolder } from "@foretile/testkit";
import { beforeAll, expect, test } from "vitest";

import { jsonLines, runForetile } from "../../support/run-foretile.ts";
import { SAMPLE_KEY, createSampleStore, sampleTile } from "../../support/sample-store.ts";

const show = ["--store", "memory:tile-show", "tile", "show"];

beforeAll(() => createSampleStore("memory:tile-show"));

test("CSV is the default and shows every step", async () => {
  const { exitCode, output } = await runForetile([...show, SAMPLE_KEY, "7"]);
  expect(exitCode).toBe(0);
  const lines = output.trimEnd().split("\n");
  expect(lines).toHaveLength(71);
  expect(lines[0]).toBe("step,unix_seconds,sim_0,sim_1,sim_2,sim_3");
  expect(lines[4]).toBe("3,1512475380,7003,7003.1,7003.2,7003.3");
});

test("steps are half-open and may cross panels", async () => {
  const { output } = await runForetile([...show, SAMPLE_KEY, "7", "--steps", "31:34"]);
  expect(output.split("\n").map((line) => line.split(",")[0])).toStrictEqual([
    "step",
    "31",
    "32",
    "33",
    "",
  ]);
});

test.each([[["--json"]], [["--format", "json"]]])("%j prints a document", async (options) => {
  const { output } = await runForetile([...show, SAMPLE_KEY, "12", "--steps", "69:", ...options]);
  expect(jsonLines(output)).toMatchObject([
    {
      key: SAMPLE_KEY,
      version: 2,
      miner_id: 12,
      from_step: 69,
      to_step: 70,
      values: [[12_069, 12_069.1, 12_069.2, 12_069.3]],
    },
  ]);
});

test("NPY goes to a file with every bit as it was published", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/tile.npy`;
  const argv = [...show, SAMPLE_KEY, "7", "--format", "npy", "--out", path];
  expect(await runForetile(argv, { terminal: true })).toStrictEqual({
    exitCode: 0,
    output: "",
    errors: "",
  });
  const bytes = await readFile(path);
  const start = 10 + bytes.readUInt16LE(8);
  expect(bytes.subarray(10, start).toString()).toContain("'shape': (70, 4)");
  const values = new Float32Array(280).map((_, index) => bytes.readFloatLE(start + 4 * index));
  expect(values).toStrictEqual(sampleTile(7));
});

test("NPY is refused to a terminal", async () => {
  const argv = [...show, SAMPLE_KEY, "7", "--format", "npy"];
  const { exitCode, output, errors } = await runForetile(argv, { terminal: true });
  expect({ exitCode, output }).toStrictEqual({ exitCode: 2, output: "" });
  expect(errors).toContain("npy is not for a terminal\nhint: add --out FILE");
});

test("a damaged tile is not printed", async () => {
  const url = "memory:tile-show-damaged";
  await createSampleStore(url);
  const store = await openStore(url, "write");
  for await (const segments of store.blobs.list({ gte: "s/", lt: "s/~" })) {
    await store.blobs.deleteMany(segments.map(({ key }) => key));
  }
  const { exitCode, output, errors } = await runForetile([
    "--store",
    url,
    "tile",
    "show",
    SAMPLE_KEY,
    "7",
  ]);
  expect({ exitCode, output }).toStrictEqual({ exitCode: 4, output: "" });
  expect(errors).toContain("tile is damaged miner_id=7");
});

test("an older version is shown on request", async () => {
  const argv = [...show, SAMPLE_KEY, "12", "--version", "1"];
  const { exitCode, errors } = await runForetile(argv);
  expect(exitCode).toBe(3);
  expect(errors).toContain("no answer of that miner");
});

test.each([
  [[SAMPLE_KEY, "8"], 3, "no answer of that miner key=tiny/BTC#1512475200 miner_id=8"],
  [[SAMPLE_KEY, "9"], 3, "the miner's answer is invalid"],
  [[SAMPLE_KEY, "x"], 2, "Expected a whole number from 0 on"],
  [[SAMPLE_KEY, "7", "--steps", "60:71"], 2, "inside the request from=60 to=71 steps=70"],
  [[SAMPLE_KEY, "7", "--steps", "5:5"], 2, "from=5 to=5"],
  [[SAMPLE_KEY, "7", "--steps", "5"], 2, "Expected FROM:TO"],
  [[SAMPLE_KEY, "7", "--format", "xml"], 2, "Allowed choices are csv, json, npy"],
  [[SAMPLE_KEY, "7", "--out", "/no/such/folder/file"], 3, "ENOENT"],
  [["tiny/BTC#1", "7"], 3, "no such request"],
])("%j exits with %d", async (argv, code, message) => {
  const { exitCode, errors, output } = await runForetile([...show, ...argv]);
  expect({ exitCode, output }).toStrictEqual({ exitCode: code, output: "" });
  expect(errors).toContain(message);
});
