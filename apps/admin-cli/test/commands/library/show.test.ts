import { expect, test } from "vitest";

import { damageRefs } from "../../support/damage-refs.ts";
import { jsonLines, runForetile } from "../../support/run-foretile.ts";
import { createSampleLibrary } from "../../support/sample-library.ts";

test("a library is shown with what it was made with and what it holds", async () => {
  const store = ["--store", "memory:library-show"];
  const settings = ["--preset", "archive", "--grace", "2h", "--undelete", "30d", "--quota", "5GB"];
  const made = await runForetile([...store, "init", ...settings]);
  expect(made.exitCode).toBe(0);
  const { exitCode, output } = await runForetile([...store, "library", "show"]);
  expect(exitCode).toBe(0);
  expect(
    output
      .split("\n")
      .slice(1, -1)
      .map((line) => line.trim()),
  ).toStrictEqual([
    "format       1",
    expect.stringMatching(/^created {6}20.*Z$/),
    "preset       archive",
    "values       frame array value",
    "segments     4.19 MB, shuffle zstd",
    "placement    segments",
    "grace        2h: removed versions stay this long",
    "undelete     30d: a deleted symbol can be taken back this long",
    "transaction  1h: given up after this",
    "stage        1d: staged data is given up after this",
    "quota        5.00 GB",
    "symbols      1, and 0 deleted",
    "snapshots    0",
  ]);
});

test.each([
  ["packs", "packs of up to 33.6 MB", { placement: "packs", pack_bytes: 33_554_432 }],
  ["cells", "cells", { placement: "cells" }],
])("the placement %s is shown as %s", async (placement, text, document) => {
  const store = ["--store", `memory:library-${placement}`];
  const made = await runForetile([...store, "init", "--placement", placement]);
  expect(made.exitCode).toBe(0);
  const shown = await runForetile([...store, "library", "show"]);
  expect(shown.output).toContain(`placement    ${text}\n`);
  const { output } = await runForetile([...store, "library", "show", "--json"]);
  expect(jsonLines(output)).toMatchObject([{ format: 2, ...document }]);
});

test("with --json it is one document", async () => {
  const url = "memory:library-json";
  await createSampleLibrary(url);
  await runForetile(["--store", url, "snapshot", "create", "one"]);
  await runForetile(["--store", url, "symbol", "delete", "prices", "--yes"]);
  const { output } = await runForetile(["--store", url, "library", "show", "--json"]);
  expect(jsonLines(output)).toMatchObject([
    {
      id: expect.stringMatching(/^[0-9a-z]{26}$/),
      format: 1,
      created_at: expect.stringMatching(/^20.*Z$/),
      preset: "general",
      codecs: ["shuffle", "lz4"],
      grace_ms: 0,
      undelete_ms: 0,
      transaction_lifetime_ms: 3_600_000,
      symbols: 2,
      deleted_symbols: 1,
      snapshots: 1,
    },
  ]);
  expect(jsonLines(output)[0]).not.toHaveProperty("quota_bytes");
});

test("damaged heads and snapshots are told and show in the exit code", async () => {
  const url = "memory:library-damaged";
  await createSampleLibrary(url);
  await runForetile(["--store", url, "snapshot", "create", "one"]);
  for (const prefix of ["h/prices", "n/"]) await damageRefs(url, prefix);
  const { exitCode, output, errors } = await runForetile(["--store", url, "library", "show"]);
  expect(exitCode).toBe(4);
  expect(output).toContain("symbols      2, and 0 deleted\n  snapshots    0\n");
  expect(errors).toContain("foretile: a symbol cannot be read: ");
  expect(errors).toContain("foretile: a snapshot cannot be read: ");
});
