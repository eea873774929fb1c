import { writeFile } from "node:fs/promises";

import { createPredictions } from "@foretile/app-kit";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { jsonLines, runForetile } from "../../support/run-foretile.ts";
import { createSampleStore, SAMPLE_KEY } from "../../support/sample-store.ts";
import { writeUpstreamRows } from "../../support/upstream-rows.ts";

const ROWS = ["--table", "tiny"];
const LABELLED = [...ROWS, "--label", "tiny"];

test("rows are listed, shown and imported, and give the tiles that were written", async () => {
  await using folder = await temporaryFolder();
  const from = `lmdb:${folder.path}/rows`;
  const into = `lmdb:${folder.path}/library`;
  await createSampleStore("memory:upstream labels");
  await runForetile([
    "copy",
    "--from",
    "memory:upstream labels",
    "--to",
    from,
    "--symbol",
    "labels",
  ]);
  await runForetile([
    "copy",
    "--from",
    "memory:upstream labels",
    "--to",
    into,
    "--symbol",
    "labels",
  ]);
  await writeUpstreamRows(from, [3, 12, 200]);

  const listed = await runForetile(["upstream", "list", "--store", from, ...ROWS]);
  expect(listed.output).toBe(
    "ASSET  START                 UNIX\nBTC    2017-12-05T12:00:00Z  1512475200\n",
  );
  const shown = await runForetile([
    "upstream",
    "show",
    "BTC#1512475200",
    "--store",
    from,
    ...LABELLED,
  ]);
  expect(shown).toMatchObject({ exitCode: 0, errors: "" });
  expect(shown.output).toContain("  200  sound\n3 rows, none damaged\n");

  const miners = `${folder.path}/miners.json`;
  await writeFile(miners, JSON.stringify({ 3: 103, 12: 0 }));
  const argv = ["upstream", "import", "--store", from, ...LABELLED, "--into", into];
  const imported = await runForetile([...argv, "--miners", miners]);
  expect(imported).toStrictEqual({
    exitCode: 0,
    output: "read 1 request with 3 sound rows, 1 new version published, 0 rows damaged\n",
    errors: "",
  });
  const again = await runForetile([...argv, "--miners", miners, "--json"]);
  expect(jsonLines(again.output)).toStrictEqual([
    { type: "summary", requests: 1, published: 0, tiles: 3, damaged: 0, refused: 0 },
  ]);
  const request = await runForetile(["request", "show", SAMPLE_KEY, "--store", into, "--json"]);
  expect(jsonLines(request.output)[0]).toMatchObject({ version: 1 });
  expect(request.output).toContain('"miner_uid":103');
  expect(request.output).toContain('"miner_uid":65535');
  const tile = await runForetile([
    "tile",
    "show",
    SAMPLE_KEY,
    "3",
    "--store",
    into,
    "--steps",
    "0:1",
  ]);
  expect(tile.output).toContain("\n0,1512475200,3000,3000.1,3000.2,3000.3\n");
});

test("damaged rows are told one by one and left out", async () => {
  const url = "memory:upstream damaged";
  await createSampleStore(url);
  await writeUpstreamRows(url, [30, 31, 32], 31);
  const argv = ["--store", url, ...LABELLED];
  const shown = await runForetile(["upstream", "show", "BTC#1512475200", ...argv, "--json"]);
  expect(shown.exitCode).toBe(4);
  expect(jsonLines(shown.output)).toMatchObject([
    { miner_id: 30, status: "sound" },
    { miner_id: 31, status: "damaged", message: expect.stringContaining("another length") },
    { miner_id: 32, status: "sound" },
  ]);
  const imported = await runForetile(["upstream", "import", ...argv]);
  expect(imported.exitCode).toBe(4);
  expect(imported.output).toMatch(
    /^damaged row miner_id=31: row has another length .*\nread 1 request with 2 sound rows, 1 new version published, 1 row damaged\n$/,
  );
});

test("a request that the library has with other sizes is refused, the others are imported", async () => {
  const url = "memory:upstream sizes";
  await createSampleStore(url);
  await writeUpstreamRows(url, [30]);
  {
    await using opened = await createPredictions("memory:upstream sizes to");
    const { predictions } = opened;
    const [label] = await predictions.labels();
    if (label === undefined) throw new Error("there is no label");
    await predictions.setLabels([{ ...label, label: "tiny" }]);
    await predictions.publish(
      {
        label: "tiny",
        asset: "BTC",
        startUnixSeconds: 1_512_475_200,
        timeIncrementSeconds: 60,
        timeLengthSeconds: 120,
        simulations: 1,
      },
      [],
    );
  }
  const argv = ["upstream", "import", "--store", url, ...LABELLED];
  const refused = await runForetile([...argv, "--into", "memory:upstream sizes to", "--json"]);
  expect(refused.exitCode).toBe(6);
  expect(jsonLines(refused.output)).toMatchObject([
    { type: "refused", asset: "BTC", start_unix: 1_512_475_200 },
    { type: "summary", refused: 1, published: 0 },
  ]);
});

test("nothing there is told as such", async () => {
  const url = "memory:upstream nothing";
  await createSampleStore(url);
  const listed = await runForetile(["upstream", "list", "--store", url, "--table", "none"]);
  expect(listed.output).toBe("no requests\n");
  const shown = await runForetile(["upstream", "show", "BTC#1", "--store", url, ...LABELLED]);
  expect(shown).toMatchObject({ exitCode: 3, errors: expect.stringContaining("no row") });
});

test.each([
  [["list"], 2, "--table"],
  [["list", "--table", "No"], 2, "table"],
  [["show", "BTC", ...LABELLED], 2, "ASSET#UNIX"],
  [["show", "BTC#1", ...ROWS, "--label", "none"], 3, "no such label"],
  [["import", ...ROWS], 2, "--label"],
  [["import", ...LABELLED, "--from", "soon"], 2, "Expected a time"],
  [["import", ...LABELLED, "--miners", "none.json"], 3, "ENOENT"],
])("refuses %j", async (argv, exitCode, message) => {
  await createSampleStore("memory:upstream refused").catch(() => undefined);
  const refused = await runForetile(["upstream", ...argv, "--store", "memory:upstream refused"]);
  expect(refused).toMatchObject({ exitCode, errors: expect.stringContaining(message) });
});

test.each(["[]", '{"a":1}', '{"1":-1}', '{"1":65536}', "{"])(
  "%s is no file of miners",
  async (text) => {
    await using folder = await temporaryFolder();
    await writeFile(`${folder.path}/miners.json`, text);
    const argv = ["upstream", "import", "--store", "memory:", ...LABELLED];
    const refused = await runForetile([...argv, "--miners", `${folder.path}/miners.json`]);
    expect(refused).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining("miner file is"),
    });
  },
);
