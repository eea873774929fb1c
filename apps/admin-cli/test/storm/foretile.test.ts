import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";

import { openPredictions, openStore } from "@foretile/app-kit";
import { parseLabelConfig } from "@foretile/prediction-store";
import { temporaryFolder } from "@foretile/testkit";
import { segmentOwnerKey } from "@foretile/version-store";
import { expect, test } from "vitest";

import { jsonLines } from "../support/run-foretile.ts";
import { createSampleStore, SAMPLE_KEY, sampleTile } from "../support/sample-store.ts";
import { spawnForetile, startForetile } from "../support/spawn-foretile.ts";

/** Changes one bit in the middle of every copy of `wanted` in a store's file, as a failing disk would. */
async function flipBit(folder: string, wanted: Uint8Array): Promise<void> {
  const path = `${folder}/data.mdb`;
  const file = await readFile(path);
  let copies = 0;
  for (let at = file.indexOf(wanted); at !== -1; at = file.indexOf(wanted, at + 1)) {
    const middle = at + Math.floor(wanted.length / 2);
    file.writeUInt8(file.readUInt8(middle) ^ 1, middle);
    copies += 1;
  }
  expect(copies).toBeGreaterThan(0);
  await writeFile(path, file);
}

/** The bytes of the first blob under a prefix. */
async function firstBlob(url: string, prefix: string): Promise<Uint8Array> {
  await using store = await openStore(url, "read");
  for await (const [first] of store.blobs.list({ gte: prefix, lt: `${prefix}~` })) {
    const bytes = first && (await store.blobs.get(first.key));
    if (bytes !== undefined) return bytes;
  }
  throw new Error(`no blob prefix=${prefix}`);
}

test("a store from init to stats", async () => {
  await using folder = await temporaryFolder();
  const env = { FORETILE_STORE: `lmdb:${folder.path}/store` };
  expect((await spawnForetile(["init"], env)).exitCode).toBe(0);
  const labels = await spawnForetile(["label", "list", "--json"], env);
  expect(jsonLines(labels.output).map((label) => parseLabelConfig(label).label)).toStrictEqual([
    "low",
    "high",
  ]);
  expect(await spawnForetile(["request", "list"], env)).toStrictEqual({
    exitCode: 0,
    output: "no requests\n",
    errors: "",
  });
  const again = await spawnForetile(["init", "--json"], env);
  expect(again.exitCode).toBe(5);
  expect(jsonLines(again.errors)).toMatchObject([{ error: { code: "library-exists" } }]);

  const url = `lmdb:${folder.path}/filled`;
  await createSampleStore(url);
  const filled = { FORETILE_STORE: url };
  const list = await spawnForetile(["request", "list", "--json"], filled);
  expect(jsonLines(list.output).map(({ key }) => key)).toStrictEqual([
    SAMPLE_KEY,
    "tiny/ETH#1512478800",
  ]);
  const shown = await spawnForetile(["request", "show", SAMPLE_KEY, "--json"], filled);
  expect(jsonLines(shown.output)).toMatchObject([{ version: 2, valid: 2, invalid: 1 }]);

  const csv = await spawnForetile(["tile", "show", SAMPLE_KEY, "7", "--steps", "40:41"], filled);
  expect(csv.output).toBe(
    "step,unix_seconds,sim_0,sim_1,sim_2,sim_3\n40,1512477600,7040,7040.1,7040.2,7040.3\n",
  );
  const json = await spawnForetile(["tile", "show", SAMPLE_KEY, "7", "--json"], filled);
  const [{ values } = {}] = jsonLines(json.output);
  expect(Float32Array.from((values as number[][]).flat())).toStrictEqual(sampleTile(7));
  const npy = ["tile", "show", SAMPLE_KEY, "7", "--format", "npy", "--out", `${folder.path}/t.npy`];
  expect((await spawnForetile(npy, filled)).exitCode).toBe(0);
  const bytes = await readFile(`${folder.path}/t.npy`);
  expect(bytes.subarray(-sampleTile(7).byteLength)).toStrictEqual(
    Buffer.from(sampleTile(7).buffer),
  );

  const verified = await spawnForetile(["verify", "--json"], filled);
  expect(verified.exitCode).toBe(0);
  expect(jsonLines(verified.output)).toMatchObject([{ type: "summary", ok: true, damaged: 0 }]);
  const stats = await spawnForetile(["stats", "--json"], filled);
  expect(jsonLines(stats.output).at(-1)).toMatchObject({ requests: 2, versions: 3, tiles: 3 });
});

test.each([
  ["segment", "s/", "tile"],
  ["version", "v/", "version"],
])("a flipped bit in a %s is reported", async (_, prefix, what) => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/store`;
  const url = `lmdb:${path}`;
  await createSampleStore(url);
  await flipBit(path, await firstBlob(url, prefix));
  const { exitCode, output } = await spawnForetile(["verify", "--store", url, "--json"]);
  expect(exitCode).toBe(4);
  const damaged = jsonLines(output).filter(({ type }) => type === "damaged");
  expect(damaged.length).toBeGreaterThan(0);
  for (const line of damaged) expect(line).toMatchObject({ what, version: expect.any(Number) });
  expect(jsonLines(output).at(-1)).toMatchObject({ type: "summary", ok: false });
});

test("a flipped bit in a head is reported by verify, list and show", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/store`;
  const url = `lmdb:${path}`;
  await createSampleStore(url);
  let head: Uint8Array | undefined;
  {
    await using store = await openStore(url, "read");
    for await (const heads of store.refs.list({ gte: "h/request", lt: "h/request~" })) {
      head ??= heads[0]?.value;
    }
  }
  if (head === undefined) throw new Error("no head");
  await flipBit(path, head);
  const store = ["--store", url];
  const { exitCode, output } = await spawnForetile([...store, "verify"]);
  expect(exitCode).toBe(4);
  expect(output).toMatch(/^damaged head .*key=h\//m);
  const list = await spawnForetile([...store, "request", "list", "--json"]);
  expect(list.exitCode).toBe(4);
  expect(jsonLines(list.output).map(({ key }) => key)).toStrictEqual(["tiny/ETH#1512478800"]);
  expect((await spawnForetile([...store, "request", "show", SAMPLE_KEY])).exitCode).toBe(4);
  expect((await spawnForetile([...store, "tile", "show", SAMPLE_KEY, "7"])).exitCode).toBe(4);
});

test("a damaged tile is never printed, the others are", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/store`;
  const url = `lmdb:${path}`;
  await createSampleStore(url);
  const segment = await firstSegmentOf(url, 12);
  await flipBit(path, segment);
  const show = ["--store", url, "tile", "show", SAMPLE_KEY];
  expect(await spawnForetile([...show, "12"])).toMatchObject({ exitCode: 4, output: "" });
  expect((await spawnForetile([...show, "7"])).exitCode).toBe(0);
});

test("a store of a newer format says what to do", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/store`;
  await createSampleStore(`lmdb:${path}`);
  const file = await readFile(`${path}/data.mdb`);
  // Every character stands for one byte in latin1, so the rest of the file stays as it is.
  const text = file.toString("latin1");
  const newer = text.replaceAll('"format":1}', '"format":9}');
  expect(newer).not.toBe(text);
  await writeFile(`${path}/data.mdb`, newer, "latin1");
  const { exitCode, errors } = await spawnForetile(["verify", "--store", `lmdb:${path}`]);
  expect(exitCode).toBe(5);
  expect(errors).toContain("upgrade this program");
});

test("what is no store is left alone", async () => {
  await using folder = await temporaryFolder();
  await mkdir(`${folder.path}/photos`);
  await writeFile(`${folder.path}/photos/a.jpg`, "x");
  for (const place of ["photos", "photos/a.jpg", "none"]) {
    const url = `lmdb:${folder.path}/${place}`;
    expect(await spawnForetile(["stats", "--store", url])).toMatchObject({
      exitCode: 5,
      output: "",
    });
  }
  for (const url of [
    `lmdb:${folder.path}/photos`,
    `lmdb:${folder.path}/photos/a.jpg`,
    "lmdb:/sys/foretile",
  ]) {
    expect(await spawnForetile(["init", "--store", url])).toMatchObject({
      exitCode: 5,
      output: "",
    });
  }
  expect(await readFile(`${folder.path}/photos/a.jpg`, "utf8")).toBe("x");
});

test("a reader that goes away ends the program quietly", async () => {
  await using folder = await temporaryFolder();
  const url = `lmdb:${folder.path}/store`;
  await createSampleStore(url);
  await publishManyPaths(url);
  const child = startForetile(["--store", url, "tile", "show", "wide/BTC#1512475200", "1"]);
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  await once(child.stdout, "data");
  child.stdout.destroy();
  const [exitCode] = (await once(child, "close")) as [number];
  expect({ exitCode, errors }).toStrictEqual({ exitCode: 141, errors: "" });
});

/** A segment of a miner's tile. */
async function firstSegmentOf(url: string, minerId: number): Promise<Uint8Array> {
  await using opened = await openPredictions(url, "read");
  const version = await opened.library.resolve(`request/${SAMPLE_KEY}`);
  const published = await opened.predictions.read(SAMPLE_KEY);
  const valid = published.answers.filter(({ status }) => status === "valid");
  const perTile = version.manifest.segments.length / valid.length;
  const index = valid.findIndex((answer) => answer.minerId === minerId) * perTile;
  const segment = version.manifest.segments[index];
  if (segment === undefined) throw new Error(`no segment miner_id=${minerId}`);
  const bytes = await opened.store.blobs.get(segmentOwnerKey(segment));
  if (bytes === undefined) throw new Error(`no bytes miner_id=${minerId}`);
  return bytes;
}

/** A tile that takes more room as text than a pipe holds. */
async function publishManyPaths(url: string): Promise<void> {
  await using opened = await openPredictions(url, "write");
  const request = {
    label: "wide",
    asset: "BTC",
    startUnixSeconds: 1_512_475_200,
    timeIncrementSeconds: 60,
    timeLengthSeconds: 6000,
    simulations: 2000,
  };
  const tile = new Float32Array(101 * 2000).map((_, index) => 16_000 + index / 7);
  const outcome = { status: "valid", tile } as const;
  await opened.predictions.publish(request, [
    { minerUid: 1, minerId: 1, processTimeSeconds: 1, outcome },
  ]);
}
