import { describe, expect, test } from "vitest";

import { jsonLines, runForetile } from "../../support/run-foretile.ts";
import { createSampleLibrary, dumpOf, pinVersions } from "../../support/sample-library.ts";

async function versionsOf(url: string): Promise<unknown[]> {
  const { output } = await runForetile(["--store", url, "version", "list", "prices", "--json"]);
  return jsonLines(output).map(({ version }) => version);
}

describe("version restore", () => {
  test("makes an earlier version the newest", async () => {
    const url = "memory:version-restore";
    await createSampleLibrary(url);
    const argv = ["--store", url, "version", "restore", "prices", "--as-of", "-3"];
    const { exitCode, output } = await runForetile([...argv, "--user", "me", "--message", "undo"]);
    expect({ exitCode, output }).toStrictEqual({
      exitCode: 0,
      output: "restored prices as version 5\n",
    });
    const shown = await runForetile(["--store", url, "version", "show", "prices", "--json"]);
    expect(jsonLines(shown.output)).toMatchObject([
      { version: 5, operation: "restore", metadata: { number: 2 }, user: "me", message: "undo" },
    ]);
    const again = await runForetile([...argv.slice(0, -1), "-1"]);
    expect(again.output).toBe("version 5 of prices is the newest already; nothing was changed\n");
    expect(await versionsOf(url)).toStrictEqual([5, 4, 3, 2, 1]);
  });

  test("is a document with --json", async () => {
    const url = "memory:version-restore-json";
    await createSampleLibrary(url);
    const argv = ["--store", url, "version", "restore", "prices", "--as-of", "1", "--json"];
    expect(jsonLines((await runForetile(argv)).output)).toStrictEqual([
      {
        symbol: "prices",
        version: 5,
        changed: true,
        content_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
  });

  test("needs to be told which, and that it is there", async () => {
    const url = "memory:version-restore-none";
    await createSampleLibrary(url);
    const argv = ["--store", url, "version", "restore", "prices"];
    expect((await runForetile(argv)).exitCode).toBe(2);
    expect((await runForetile([...argv, "--as-of", "9"])).exitCode).toBe(3);
    expect(await versionsOf(url)).toStrictEqual([4, 3, 2, 1]);
  });
});

describe("version delete", () => {
  test("only tells what would go without --yes", async () => {
    const url = "memory:version-delete-dry";
    await createSampleLibrary(url, { graceMs: 7_200_000 });
    const before = await dumpOf(url);
    const argv = ["--store", url, "version", "delete", "prices", "2"];
    const { exitCode, output } = await runForetile(argv);
    expect(exitCode).toBe(0);
    expect(output).toMatch(
      /^would delete version 2 of prices, [0-9]+ B; a collection may free its bytes after 2h\nnothing was changed; add --yes to do it\n$/,
    );
    expect(jsonLines((await runForetile([...argv, "--json"])).output)).toStrictEqual([
      { dry_run: true, symbol: "prices", version: 2, stored_bytes: expect.any(Number) },
    ]);
    expect(await dumpOf(url)).toStrictEqual(before);
  });

  test("deletes one version with --yes", async () => {
    const url = "memory:version-delete";
    await createSampleLibrary(url);
    const argv = ["--store", url, "version", "delete", "prices", "--yes"];
    expect((await runForetile([...argv, "2"])).output).toMatch(/^deleted version 2 of prices, /);
    expect(await versionsOf(url)).toStrictEqual([4, 3, 1]);
    expect((await runForetile([...argv, "4", "--allow-newest"])).exitCode).toBe(0);
    expect(await versionsOf(url)).toStrictEqual([3, 1]);
  });

  test.each([[[]], [["--yes"]]])("refuses with %j what the library refuses", async (yes) => {
    const url = `memory:version-delete-refused${yes.length}`;
    await createSampleLibrary(url);
    await pinVersions(url, 1);
    const argv = ["--store", url, "version", "delete", "prices", ...yes];
    const before = await dumpOf(url);
    const pinned = await runForetile([...argv, "1"]);
    expect(pinned.exitCode).toBe(5);
    expect(pinned.errors).toContain('symbol="prices" version=1 snapshots=["v1"]');
    const newest = await runForetile([...argv, "4"]);
    expect(newest.exitCode).toBe(2);
    expect(newest.errors).toContain("hint: add --allow-newest");
    const none = await runForetile([...argv, "9"]);
    expect(none.exitCode).toBe(3);
    expect(none.errors).toContain('symbol has no such version symbol="prices" version=9');
    expect((await runForetile([...argv, "x"])).exitCode).toBe(2);
    expect(await dumpOf(url)).toStrictEqual(before);
  });

  test("does not take a deletion for a version with a value", async () => {
    const url = "memory:version-delete-deletion";
    const store = ["--store", url];
    await createSampleLibrary(url);
    await pinVersions(url, 1);
    await runForetile([...store, "symbol", "delete", "prices", "--yes"]);
    expect(await versionsOf(url)).toStrictEqual([5, 1]);
    const { exitCode } = await runForetile([...store, "version", "delete", "prices", "5"]);
    expect(exitCode).toBe(3);
  });
});
