import { expect, test } from "vitest";

import { damageRefs } from "../support/damage-refs.ts";
import { jsonLines, runForetile } from "../support/run-foretile.ts";
import { createSampleLibrary, dumpOf, pinVersions } from "../support/sample-library.ts";

async function versionsOf(url: string): Promise<unknown[]> {
  const { output } = await runForetile(["--store", url, "version", "list", "prices", "--json"]);
  return jsonLines(output).map(({ version }) => version);
}

test("without --yes it is only told what would go", async () => {
  const url = "memory:prune-dry";
  await createSampleLibrary(url, { graceMs: 90_000_000 });
  await pinVersions(url, 1);
  const before = await dumpOf(url);
  const argv = ["--store", url, "prune", "--keep-last", "1"];
  const { exitCode, output, errors } = await runForetile(argv);
  expect({ exitCode, errors }).toStrictEqual({ exitCode: 0, errors: "" });
  expect(output.split("\n")).toStrictEqual([
    expect.stringMatching(/^SYMBOL +REMOVED +STORED +VERSIONS$/),
    expect.stringMatching(/^prices +2 +[0-9]+ B +3-2$/),
    "",
    expect.stringMatching(
      /^would remove 2 versions of 1 of 3 symbols, [0-9]+ B unless shared with what stays$/,
    ),
    "nothing was changed; add --yes to do it",
    "",
  ]);
  const one = await runForetile(["--store", url, "prune", "prices", "--keep-last", "1"]);
  expect(one.output).toContain("would remove 2 versions of 1 of 1 symbol, ");
  expect(await dumpOf(url)).toStrictEqual(before);
});

test("with --yes it is done", async () => {
  const url = "memory:prune";
  await createSampleLibrary(url, { graceMs: 90_000_000 });
  const argv = ["--store", url, "prune", "--keep-last", "2", "--yes"];
  const { output } = await runForetile(argv);
  expect(output).toContain("\nremoved 2 versions of 1 of 3 symbols, ");
  expect(output).toMatch(/; a collection may free them after 25h\n$/);
  expect(await versionsOf(url)).toStrictEqual([4, 3]);
  expect((await runForetile(argv)).output).toBe("looked at 3 symbols: nothing to remove\n");
});

test("with --json each symbol that loses versions is a document, then the summary", async () => {
  const url = "memory:prune-json";
  await createSampleLibrary(url);
  const summary = { type: "summary", removed_versions: 2, failed_symbols: 0 };
  const prune = ["--store", url, "prune", "--keep-last", "2", "--json"];
  const counts = { symbols: 3, pruned_symbols: 1, stored_bytes: expect.any(Number) };
  expect(jsonLines((await runForetile(prune)).output)).toStrictEqual([
    {
      type: "symbol",
      symbol: "prices",
      removed_versions: [2, 1],
      stored_bytes: expect.any(Number),
    },
    { ...summary, ...counts, dry_run: true },
  ]);
  const one = ["--store", url, "prune", "prices", "--keep-last", "2", "--json", "--yes"];
  expect(jsonLines((await runForetile(one)).output).at(-1)).toStrictEqual({
    ...summary,
    ...counts,
    symbols: 1,
    dry_run: false,
  });
  expect(jsonLines((await runForetile(one)).output)).toMatchObject([
    { type: "summary", symbols: 1, pruned_symbols: 0, removed_versions: 0 },
  ]);
});

test.each([
  [
    ["--keep-last", "3"],
    [4, 3, 2],
  ],
  [
    ["--keep-for", "1h"],
    [4, 3, 2, 1],
  ],
  [["--keep-for", "0s"], [4]],
  [
    ["--keep-for", "0s", "--keep-last", "2"],
    [4, 3],
  ],
  [["--keep-every", "36500d"], [4]],
  [
    ["--keep-every", "1ms", "--for", "1h"],
    [4, 3, 2, 1],
  ],
  [["--keep-every", "1ms", "--for", "0s"], [4]],
  [
    ["--keep-newest-older-than", "1h"],
    [4, 3, 2, 1],
  ],
  [["--keep-last", "1", "--prefix", "pr"], [4]],
  [
    ["--keep-last", "1", "--prefix", "odd"],
    [4, 3, 2, 1],
  ],
])("%j keeps", async (options, kept) => {
  const url = `memory:prune ${options.join(" ")}`;
  await createSampleLibrary(url);
  expect((await runForetile(["--store", url, "prune", "--yes", ...options])).exitCode).toBe(0);
  expect(await versionsOf(url)).toStrictEqual(kept);
});

test.each([
  [[], "no rule says what to keep\nhint: add --keep-last,"],
  [["--for", "1h", "--keep-last", "1"], "--for belongs to --keep-every"],
  [["prices", "--prefix", "p", "--keep-last", "1"], "a symbol and a prefix exclude each other"],
  [["--keep-last", "0"], "Expected a whole number from 1 on"],
  [["--keep-for", "1y"], "Expected a duration"],
])("%j is wrong usage", async (argv, message) => {
  const { exitCode, errors } = await runForetile(["--store", "memory:p", "prune", ...argv]);
  expect(exitCode).toBe(2);
  expect(errors).toContain(message);
});

test("a damaged head does not keep the others from being pruned", async () => {
  const url = "memory:prune-damaged";
  await createSampleLibrary(url);
  await damageRefs(url, "h/odd");
  const argv = ["--store", url, "prune", "--keep-last", "1", "--yes", "--json"];
  const { exitCode, output, errors } = await runForetile(argv);
  expect(exitCode).toBe(4);
  expect(errors).toContain("foretile: a symbol is not pruned: ");
  expect(jsonLines(output).at(-1)).toMatchObject({ removed_versions: 3, failed_symbols: 1 });
  expect(await versionsOf(url)).toStrictEqual([4]);
});
