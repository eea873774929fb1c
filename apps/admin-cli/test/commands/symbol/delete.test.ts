import { expect, test } from "vitest";

import { jsonLines, runForetile } from "../../support/run-foretile.ts";
import { createSampleLibrary, dumpOf, pinVersions } from "../../support/sample-library.ts";

test("without --yes it is only told what would go", async () => {
  const url = "memory:symbol-delete-dry";
  await createSampleLibrary(url);
  await pinVersions(url, 1);
  const before = await dumpOf(url);
  const argv = ["--store", url, "symbol", "delete", "prices"];
  const told = await runForetile(argv);
  expect({ ...told, output: told.output.split("\n") }).toStrictEqual({
    exitCode: 0,
    errors: "",
    output: [
      expect.stringMatching(
        /^would delete prices: 3 versions, [0-9]+ B; it could be taken back for 0s$/,
      ),
      "what snapshots pin stays readable: 1 version",
      "nothing was changed; add --yes to do it",
      "",
    ],
  });
  expect(jsonLines((await runForetile([...argv, "--json"])).output)).toStrictEqual([
    {
      dry_run: true,
      symbol: "prices",
      removed_versions: 3,
      pinned_versions: 1,
      stored_bytes: expect.any(Number),
      undelete_ms: 0,
    },
  ]);
  expect(await dumpOf(url)).toStrictEqual(before);
});

test("with --yes it is deleted, and can be taken back", async () => {
  const url = "memory:symbol-delete";
  await createSampleLibrary(url);
  const store = ["--store", url];
  const words = ["--user", "ops", "--message", "no longer needed"];
  const argv = [...store, "symbol", "delete", "prices", "--yes", ...words];
  const deleted = await runForetile(argv);
  expect(deleted.exitCode).toBe(0);
  expect(deleted.output).toMatch(
    /^deleted prices by version 5: 4 versions, [0-9]+ B; can be taken back until 20[^ ]+Z at least\n$/,
  );
  expect((await runForetile([...store, "symbol", "show", "prices"])).exitCode).toBe(3);
  const audit = await runForetile([...store, "audit", "--symbol", "prices", "--json"]);
  expect(jsonLines(audit.output)[0]).toMatchObject({
    operation: "delete",
    user: "ops",
    message: "no longer needed",
  });

  const again = await runForetile(argv);
  expect(again.exitCode).toBe(3);
  expect(again.errors).toContain('or it is deleted symbol="prices"');

  const back = await runForetile([...store, "symbol", "undelete", "prices"]);
  expect(back).toStrictEqual({
    exitCode: 0,
    errors: "",
    output: "took prices back: 4 versions, the newest is 4\n",
  });
  expect((await runForetile([...store, "symbol", "show", "prices"])).exitCode).toBe(0);
  const twice = await runForetile([...store, "symbol", "undelete", "prices"]);
  expect(twice.exitCode).toBe(3);
});

test("how long it can be taken back depends on the library and on --hard", async () => {
  const url = "memory:symbol-delete-times";
  const store = ["--store", url];
  await createSampleLibrary(url, { graceMs: 7_200_000, undeleteMs: 259_200_000 });
  const dry = [...store, "symbol", "delete", "prices", "--json"];
  expect(jsonLines((await runForetile(dry)).output)[0]).toMatchObject({ undelete_ms: 259_200_000 });
  const hard = await runForetile([...dry, "--hard"]);
  expect(jsonLines(hard.output)[0]).toMatchObject({ undelete_ms: 7_200_000 });
  const { output } = await runForetile([...dry, "--hard", "--yes"]);
  const [{ undelete_until: until, version } = {}] = jsonLines(output);
  expect(version).toBe(5);
  const listed = await runForetile([
    ...store,
    "symbol",
    "list",
    "--deleted",
    "--prefix",
    "prices",
    "--json",
  ]);
  const [{ committed_at: committedAt } = {}] = jsonLines(listed.output);
  expect(Date.parse(String(until)) - Date.parse(String(committedAt))).toBe(7_200_000);
});

test("with --hard a collection may take it once the grace time is over", async () => {
  const url = "memory:symbol-delete-hard";
  const store = ["--store", url];
  await createSampleLibrary(url, { graceMs: 0, undeleteMs: 259_200_000 });
  const remove = [...store, "symbol", "delete", "prices", "--yes"];
  const collect = [...store, "collect", "--json"];
  await runForetile(remove);
  expect(jsonLines((await runForetile(collect)).output)).toMatchObject([{ versions: 0 }]);
  await runForetile([...store, "symbol", "undelete", "prices"]);
  await runForetile([...remove, "--hard"]);
  // The four, and what said before that they were deleted.
  expect(jsonLines((await runForetile(collect)).output)).toMatchObject([{ versions: 5 }]);
});

test("with --json an undeleted symbol is a document", async () => {
  const url = "memory:symbol-undelete";
  await createSampleLibrary(url);
  await runForetile(["--store", url, "symbol", "delete", "prices", "--yes"]);
  const { output } = await runForetile(["--store", url, "symbol", "undelete", "prices", "--json"]);
  expect(jsonLines(output)).toStrictEqual([{ symbol: "prices", version: 4, restored_versions: 4 }]);
});

test("a symbol that never was is not found", async () => {
  await createSampleLibrary("memory:symbol-delete-none");
  const argv = ["--store", "memory:symbol-delete-none", "symbol", "delete", "none"];
  for (const yes of [[], ["--yes"]])
    expect((await runForetile([...argv, ...yes])).exitCode).toBe(3);
});
