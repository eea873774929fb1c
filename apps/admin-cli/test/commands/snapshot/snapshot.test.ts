import { describe, expect, test } from "vitest";

import { jsonLines, runForetile } from "../../support/run-foretile.ts";
import { createSampleLibrary, dumpOf, PRINTED_ODD_SYMBOL } from "../../support/sample-library.ts";

const metadata = { by: "o\tps" };

/** A store with the snapshots `all` and `some`. */
async function createSnapshots(url: string): Promise<void> {
  await createSampleLibrary(url);
  const create = ["--store", url, "snapshot", "create"];
  expect((await runForetile([...create, "all"])).output).toBe("made snapshot all: 3 symbols\n");
  const some = ["some", "--prefix", "p", "--metadata", JSON.stringify(metadata), "--immutable"];
  expect((await runForetile([...create, ...some])).output).toBe("made snapshot some: 1 symbol\n");
}

describe("snapshot list", () => {
  test("tells every snapshot", async () => {
    const url = "memory:snapshot-list";
    await createSnapshots(url);
    const { output } = await runForetile(["--store", url, "snapshot", "list"]);
    const [titles, all, some] = output.split("\n");
    expect(titles).toMatch(/^NAME +CREATED +SYMBOLS +IMMUTABLE +METADATA$/);
    expect(all).toMatch(/^all +20[^ ]+Z +3 +no +-$/);
    expect(some).toMatch(/^some +20[^ ]+Z +1 +yes +\{"by":"o\\\\tps"\}$/);
    const documents = await runForetile(["--store", url, "snapshot", "list", "--json"]);
    expect(jsonLines(documents.output)).toStrictEqual([
      { name: "all", created_at: expect.any(String), symbols: 3, immutable: false, metadata: null },
      { name: "some", created_at: expect.any(String), symbols: 1, immutable: true, metadata },
    ]);
  });

  test("says in words that there is none", async () => {
    await createSampleLibrary("memory:snapshot-list-none");
    const argv = ["--store", "memory:snapshot-list-none", "snapshot", "list"];
    expect((await runForetile(argv)).output).toBe("no snapshots\n");
  });
});

describe("snapshot create", () => {
  test("gives a document with --json, and takes a name once", async () => {
    const url = "memory:snapshot-create";
    await createSampleLibrary(url);
    const argv = ["--store", url, "snapshot", "create", "one", "--json"];
    expect(jsonLines((await runForetile(argv)).output)).toMatchObject([
      { name: "one", symbols: 3 },
    ]);
    const again = await runForetile(argv);
    expect(again.exitCode).toBe(5);
    expect(jsonLines(again.errors)).toMatchObject([{ error: { code: "duplicate-snapshot" } }]);
  });

  test("needs metadata that is JSON", async () => {
    const argv = ["--store", "memory:snapshot-metadata", "snapshot", "create", "one"];
    const { exitCode, errors } = await runForetile([...argv, "--metadata", "by me"]);
    expect(exitCode).toBe(2);
    expect(errors).toContain("Expected JSON");
  });
});

describe("snapshot show", () => {
  test("tells every version that is pinned, as it was then", async () => {
    const url = "memory:snapshot-show";
    await createSnapshots(url);
    await runForetile(["--store", url, "version", "restore", "prices", "--as-of", "1"]);
    const show = ["--store", url, "snapshot", "show"];
    const { output } = await runForetile([...show, "all"]);
    const [facts = "", pins = ""] = output.split("\n\n");
    expect(facts).toMatch(
      /^all\n {2}created {4}20[^ ]+Z\n {2}immutable {2}no\n {2}metadata {3}none$/,
    );
    const lines = pins.trimEnd().split("\n").slice(1);
    expect(lines).toHaveLength(3);
    expect(lines.some((line) => line.startsWith(`${PRINTED_ODD_SYMBOL}  `))).toBe(true);
    expect(lines.some((line) => /^prices +4 /.test(line))).toBe(true);
    const documents = await runForetile([...show, "some", "--json"]);
    expect(jsonLines(documents.output)).toMatchObject([
      { type: "snapshot", name: "some", symbols: 1, metadata },
      { type: "pin", symbol: "prices", version: 4, operation: "write" },
    ]);
  });

  test("says when it pins nothing, and when there is none", async () => {
    const store = ["--store", "memory:snapshot-show-none"];
    await createSampleLibrary("memory:snapshot-show-none");
    await runForetile([...store, "snapshot", "create", "empty", "--prefix", "none"]);
    const { output } = await runForetile([...store, "snapshot", "show", "empty"]);
    expect(output).toMatch(/\n\nno symbols\n$/);
    const none = await runForetile([...store, "snapshot", "show", "none"]);
    expect(none.exitCode).toBe(3);
    expect(none.errors).toContain('no such snapshot snapshot="none"');
  });
});

describe("snapshot delete", () => {
  test("only tells what it pins without --yes", async () => {
    const url = "memory:snapshot-delete-dry";
    await createSnapshots(url);
    const before = await dumpOf(url);
    const argv = ["--store", url, "snapshot", "delete", "all"];
    const { exitCode, output } = await runForetile(argv);
    expect(exitCode).toBe(0);
    expect(output).toMatch(
      /^would delete snapshot all, which pins 3 versions, [0-9]+ B; .* after 0s\nnothing was changed; add --yes to do it\n$/,
    );
    expect(jsonLines((await runForetile([...argv, "--json"])).output)).toStrictEqual([
      { dry_run: true, name: "all", versions: 3, stored_bytes: expect.any(Number) },
    ]);
    expect(await dumpOf(url)).toStrictEqual(before);
  });

  test("deletes it with --yes", async () => {
    const url = "memory:snapshot-delete";
    await createSnapshots(url);
    const store = ["--store", url, "snapshot"];
    const { output } = await runForetile([...store, "delete", "all", "--yes"]);
    expect(output).toMatch(/^deleted snapshot all, which pinned 3 versions, /);
    const left = await runForetile([...store, "list", "--json"]);
    expect(jsonLines(left.output).map(({ name }) => name)).toStrictEqual(["some"]);
    expect((await runForetile([...store, "delete", "all", "--yes"])).exitCode).toBe(3);
    expect((await runForetile([...store, "delete", "all"])).exitCode).toBe(3);
  });
});
