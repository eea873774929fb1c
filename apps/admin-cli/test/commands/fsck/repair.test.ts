import { readFile } from "node:fs/promises";

import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { damageRefs } from "../../support/damage-refs.ts";
import { jsonLines, runForetile } from "../../support/run-foretile.ts";
import { createSampleLibrary, dumpOf, pinVersions } from "../../support/sample-library.ts";

async function versionsOf(url: string): Promise<unknown[]> {
  const { output } = await runForetile(["--store", url, "version", "list", "prices", "--json"]);
  return jsonLines(output).map(({ version }) => version);
}

test("without --yes it is only told what would be repaired", async () => {
  const url = "memory:repair-dry";
  await createSampleLibrary(url);
  await damageRefs(url, "h/prices");
  const before = await dumpOf(url);
  await using folder = await temporaryFolder();
  const save = ["--save", `${folder.path}/damaged.jsonl`];
  const { exitCode, output } = await runForetile(["--store", url, "fsck", "--repair", ...save]);
  expect(exitCode).toBe(4);
  const lines = output.trimEnd().split("\n");
  expect(lines[0]).toMatch(/^error head .*key=h\/prices: .*(?<!\(repaired\))$/);
  expect(lines.slice(-2)).toStrictEqual([
    expect.stringMatching(/^1 error/),
    "nothing was changed; add --yes to do it",
  ]);
  expect(await dumpOf(url)).toStrictEqual(before);
  await expect(readFile(`${folder.path}/damaged.jsonl`)).rejects.toMatchObject({ code: "ENOENT" });
});

test("with --yes a damaged head is built again, and its bytes are kept first", async () => {
  const url = "memory:repair";
  await createSampleLibrary(url);
  await damageRefs(url, "h/prices");
  const checked = await runForetile(["--store", url, "fsck"]);
  expect(checked).toMatchObject({ exitCode: 4, errors: "" });
  expect(checked.output).toMatch(/^error head key=h\/prices: .*\nchecked .*: 1 error\n$/);
  await using folder = await temporaryFolder();
  const file = `${folder.path}/damaged.jsonl`;
  const repair = ["--store", url, "fsck", "--repair", "--yes", "--save", file];
  const { exitCode, output } = await runForetile(repair);
  expect(exitCode).toBe(0);
  expect(output).toMatch(/^error head .*key=h\/prices: .* \(repaired\)\n/);
  expect(output).toMatch(/\n1 error.*; repaired 1/);
  expect(jsonLines(await readFile(file, "utf8"))).toStrictEqual([
    { key: "h/prices", base64: "AQ==" },
  ]);
  expect(await versionsOf(url)).toStrictEqual([4, 3, 2, 1]);
  expect((await runForetile(["--store", url, "fsck", "--level", "2"])).exitCode).toBe(0);

  // What was kept before stays in the file.
  await damageRefs(url, "h/prices");
  expect((await runForetile(repair)).exitCode).toBe(0);
  expect(jsonLines(await readFile(file, "utf8"))).toHaveLength(2);
});

test("with --json each finding is a document, then the summary", async () => {
  const url = "memory:repair-json";
  await createSampleLibrary(url);
  await damageRefs(url, "h/prices");
  const { output } = await runForetile(["--store", url, "fsck", "--repair", "--yes", "--json"]);
  const lines = jsonLines(output);
  expect(lines[0]).toMatchObject({
    type: "finding",
    severity: "error",
    kind: "head",
    key: "h/prices",
    repaired: true,
  });
  expect(lines.at(-1)).toMatchObject({
    type: "summary",
    dry_run: false,
    errors: 1,
    repaired: 1,
    collected: { dry_run: false, versions: 0 },
  });
});

test("leftovers go once their writers count as dead", async () => {
  const url = "memory:repair-leftovers";
  await createSampleLibrary(url);
  await runForetile(["--store", url, "prune", "--keep-last", "1", "--yes"]);
  const repair = ["--store", url, "fsck", "--repair"];
  const old = [...repair, "--min-age", "0s"];
  for (const [argv, blobs] of [
    [repair, 0],
    [old, 3],
  ] as const) {
    expect(jsonLines((await runForetile([...argv, "--json"])).output)).toMatchObject([
      { type: "summary", dry_run: true, collected: { deleted: { segments: { blobs } } } },
    ]);
  }
  expect((await runForetile(old)).output).toMatch(/^nothing found; leftovers to delete: [1-9]/);
  const { exitCode, output } = await runForetile([...old, "--yes", "--force"]);
  expect(exitCode).toBe(0);
  expect(output).toMatch(
    /^nothing found; repaired 0; leftovers deleted: [1-9][0-9]* blobs, .*B\n$/,
  );
  expect(await versionsOf(url)).toStrictEqual([4]);
});

test("what cannot be brought back is given up only when told to", async () => {
  const url = "memory:repair-lost";
  await createSampleLibrary(url);
  await pinVersions(url, 1);
  await damageRefs(url, "n/");
  const repair = ["--store", url, "fsck", "--repair", "--yes"];
  expect((await runForetile(repair)).exitCode).toBe(4);
  expect((await runForetile([...repair, "--give-up-lost"])).exitCode).toBe(0);
  expect((await runForetile(["--store", url, "fsck"])).exitCode).toBe(0);
  const { output } = await runForetile(["--store", url, "snapshot", "list"]);
  expect(output).toBe("no snapshots\n");
});

test.each([
  [["--yes"], "hint: add --repair"],
  [["--save", "x"], "hint: add --repair"],
  [["--give-up-lost"], "hint: add --repair"],
  [["--min-age", "1d"], "hint: add --repair"],
  [["--force"], "hint: add --repair"],
  [["--repair", "--level", "2"], "cannot be used with option"],
])("%j is wrong usage", async (argv, message) => {
  const { exitCode, errors } = await runForetile(["--store", "memory:r", "fsck", ...argv]);
  expect(exitCode).toBe(2);
  expect(errors).toContain(message);
});
