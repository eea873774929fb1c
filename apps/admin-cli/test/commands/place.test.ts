import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { jsonLines, runForetile } from "../support/run-foretile.ts";

test("provision tells first, does it when told to, and finds nothing to do afterwards", async () => {
  await using folder = await temporaryFolder();
  const argv = ["provision", "--store", `lmdb:${folder.path}/store`];
  const told = await runForetile(argv);
  expect(told).toStrictEqual({
    exitCode: 0,
    output: `create folder ${folder.path}/store: an empty store; tables are made when they are used\n1 step to do; nothing was changed; add --apply to do it\n`,
    errors: "",
  });
  expect((await runForetile(["probe", "--store", `lmdb:${folder.path}/store`])).exitCode).toBe(5);
  const done = await runForetile([...argv, "--apply", "--json"]);
  expect(jsonLines(done.output)).toMatchObject([
    { type: "step", action: "create", done: true },
    { type: "summary", dry_run: false, steps: 1 },
  ]);
  const again = await runForetile([...argv, "--apply"]);
  expect(again).toMatchObject({ exitCode: 0, output: "all is there: nothing to do\n" });
  const made = await runForetile(["init", "--store", `lmdb:${folder.path}/store`]);
  expect(made.exitCode).toBe(0);
});

test("probe lists what it tried, and what to do about what is wrong", async () => {
  await using folder = await temporaryFolder();
  const argv = ["probe", "--store", `lmdb:${folder.path}/store`];
  const nothing = await runForetile(argv);
  expect(nothing).toMatchObject({ exitCode: 5, errors: "" });
  expect(nothing.output).toMatch(/^NO {2}folder +there is none, nearest is /m);
  expect(nothing.output).toMatch(/^folder: make the store with: .*init$/m);
  expect(nothing.output).toMatch(/1 fault\n$/);
  await runForetile(["init", "--store", `lmdb:${folder.path}/store`]);
  const well = await runForetile(argv);
  expect(well).toMatchObject({ exitCode: 0, output: expect.stringMatching(/all is well\n$/) });
  const read = await runForetile([...argv, "--read-only", "--json"]);
  expect(jsonLines(read.output)).toMatchObject([
    ...Array.from({ length: 5 }, () => ({ type: "finding", ok: true })),
    { type: "summary", ok: true, findings: 5, faults: 0 },
  ]);
});

test.each([
  [["provision", "--store", "memory:", "--table", "Low"], "Expected a table"],
  [["provision", "--store", "memory:", "--table", "low=soon"], "Expected a duration"],
  [["provision", "--store", "memory:", "--table", "low", "--table", "low=1d"], "given twice"],
  [["probe", "--store", "lmdb:"], "no path"],
  [["probe"], "no store given"],
])("refuses %j", async (argv, message) => {
  const refused = await runForetile(argv);
  expect(refused).toMatchObject({ exitCode: 2, errors: expect.stringContaining(message) });
});
