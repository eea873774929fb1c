import { expect, test } from "vitest";

import { jsonLines, runForetile } from "../support/run-foretile.ts";
import { createSampleLibrary, dumpOf } from "../support/sample-library.ts";

/** A store with three removed versions. */
async function createGarbage(url: string): Promise<void> {
  await createSampleLibrary(url);
  await runForetile(["--store", url, "prune", "--keep-last", "1", "--yes"]);
}

test("without --yes it is only told what would go", async () => {
  const url = "memory:collect-dry";
  await createGarbage(url);
  const before = await dumpOf(url);
  const { exitCode, output, errors } = await runForetile(["--store", url, "collect"]);
  expect({ exitCode, errors }).toStrictEqual({ exitCode: 0, errors: "" });
  const lines = output.split("\n");
  expect(lines[0]).toMatch(/^KIND +FOUND +BYTES +GARBAGE +BYTES$/);
  expect(lines[1]).toMatch(/^segments +5 +[0-9]+ B +3 +[0-9]+ B$/);
  expect(lines[3]).toMatch(/^versions +6 +.*B +3 +.*B$/);
  expect(lines.slice(-3)).toStrictEqual([
    expect.stringMatching(
      /^would delete [0-9]+ blobs, .*B; with them 3 removed versions and 0 deleted snapshots$/,
    ),
    "nothing was changed; add --yes to do it",
    "",
  ]);
  expect(await dumpOf(url)).toStrictEqual(before);
});

test("with --yes it is done, and nothing is left to do", async () => {
  const url = "memory:collect";
  await createGarbage(url);
  const collect = ["--store", url, "collect", "--yes", "--force"];
  const { output } = await runForetile(collect);
  expect(output).toMatch(
    /\ndeleted [0-9]+ blobs, .*; with them 3 removed versions and 0 deleted snapshots\n$/,
  );
  const again = await runForetile([...collect, "--json"]);
  expect(jsonLines(again.output)).toMatchObject([
    { dry_run: false, deleted: { segments: { blobs: 0, bytes: 0 } }, versions: 0 },
  ]);
  expect((await runForetile(["--store", url, "verify"])).exitCode).toBe(0);
});

test("the report is a document with --json", async () => {
  const url = "memory:collect-json";
  await createGarbage(url);
  const { output } = await runForetile(["--store", url, "collect", "--json"]);
  const totals = { blobs: expect.any(Number), bytes: expect.any(Number) };
  const areas = {
    segments: totals,
    packs: totals,
    cell_lists: totals,
    manifests: totals,
    versions: totals,
    history_pages: totals,
    snapshot_pages: totals,
  };
  expect(jsonLines(output)).toStrictEqual([
    {
      dry_run: true,
      found: areas,
      deleted: areas,
      owners: expect.arrayContaining([{ transaction_id: expect.any(String), ...totals }]),
      versions: 3,
      snapshots: 0,
      expired: [],
      deferred_by: [],
      stranded: [],
      foreign: 0,
      requests: expect.objectContaining({ blob_deletes: 0, blob_writes: 0, ref_changes: 0 }),
    },
  ]);
});

test("more than half of all bytes go only with --force", async () => {
  const url = "memory:collect-force";
  await createSampleLibrary(url);
  for (const symbol of ["prices", "labels"]) {
    await runForetile(["--store", url, "symbol", "delete", symbol, "--yes"]);
  }
  const { exitCode, errors } = await runForetile(["--store", url, "collect", "--yes"]);
  expect(exitCode).toBe(5);
  expect(errors).toContain(
    "hint: see what would go with: foretile --store URL collect; add --force",
  );
  const forced = await runForetile(["--store", url, "collect", "--yes", "--force", "--json"]);
  expect(forced.exitCode).toBe(0);
  expect(jsonLines(forced.output)).toMatchObject([{ deleted: { segments: { blobs: 4 } } }]);
});

test.each([["--wait", "soon", "Expected a duration"]])(
  "%s %s is wrong",
  async (option, value, message) => {
    const argv = ["--store", "memory:c", "collect", option, value];
    const { exitCode, errors } = await runForetile(argv);
    expect(exitCode).toBe(2);
    expect(errors).toContain(message);
  },
);
