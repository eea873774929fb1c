import { writeFile } from "node:fs/promises";

import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { jsonLines, runForetile } from "../support/run-foretile.ts";

test("a new store is made and the next steps are told", async () => {
  await using folder = await temporaryFolder();
  const url = `lmdb:${folder.path}/it's new`;
  const { exitCode, output, errors } = await runForetile(["init", "--store", url]);
  expect({ exitCode, errors }).toStrictEqual({ exitCode: 0, errors: "" });
  expect(output.split("\n")[0]).toBe(`made ${url} with the labels low, high`);
  expect(output).toContain(
    `foretile-writer ingest --store 'lmdb:${folder.path}/it'\\''s new' FILE\n`,
  );
});

test("a store that is there stays as it is", async () => {
  await using folder = await temporaryFolder();
  const store = ["--store", `lmdb:${folder.path}/store`];
  await runForetile([...store, "init"]);
  const again = await runForetile([...store, "init", "--json"]);
  expect({ exitCode: again.exitCode, output: again.output }).toStrictEqual({
    exitCode: 5,
    output: "",
  });
  expect(jsonLines(again.errors)).toMatchObject([
    { error: { code: "library-exists", exit_code: 5 } },
  ]);
});

test("labels come from a file, as label list prints them", async () => {
  await using folder = await temporaryFolder();
  const listed = await runForetile(["--store", "memory:", "label", "list", "--json"]);
  const labels = `${folder.path}/labels.json`;
  const changed = listed.output.replaceAll('"high"', '"higher"');
  await writeFile(labels, changed);
  const store = ["--store", `lmdb:${folder.path}/store`];
  const made = await runForetile([...store, "init", "--labels", labels, "--json"]);
  expect(jsonLines(made.output)).toStrictEqual([{ store: store[1], labels: ["low", "higher"] }]);
  expect((await runForetile([...store, "label", "list", "--json"])).output).toBe(changed);
});

test("an array of labels is read too", async () => {
  await using folder = await temporaryFolder();
  const listed = await runForetile(["--store", "memory:", "label", "list", "--json"]);
  const labels = `${folder.path}/labels.json`;
  await writeFile(labels, JSON.stringify(jsonLines(listed.output), undefined, 2));
  const made = await runForetile(["--store", "memory:array", "init", "--labels", labels]);
  expect(made.output).toContain("with the labels low, high");
});

test.each([
  ["nothing", "", "label file holds no label"],
  ["no JSON", "labels: low", "label file is not JSON"],
  ["half an array", '[{"label":', "label file is not JSON"],
  ["a wrong member", '{"label":"low","colour":"red"}', "label=1: time_length is missing"],
  ["a number", "7", "label=1: label must be an object"],
])("a label file with %s is wrong usage", async (_, text, message) => {
  await using folder = await temporaryFolder();
  const labels = `${folder.path}/labels.json`;
  await writeFile(labels, text);
  const store = `lmdb:${folder.path}/store`;
  const { exitCode, errors } = await runForetile(["init", "--store", store, "--labels", labels]);
  expect(exitCode).toBe(2);
  expect(errors).toContain(message);
  // Nothing was made.
  expect((await runForetile(["stats", "--store", store])).exitCode).toBe(5);
});

test("a label file that is too large is not read to its end", async () => {
  const argv = ["init", "--store", "memory:", "--labels", "/dev/zero"];
  const { exitCode, errors } = await runForetile(argv);
  expect(exitCode).toBe(2);
  expect(errors).toContain("label file is too large file=/dev/zero");
});

test("a label file that is not there is not found", async () => {
  const argv = ["init", "--store", "memory:", "--labels", "/no/such/file"];
  const { exitCode, errors } = await runForetile(argv);
  expect(exitCode).toBe(3);
  expect(errors).toContain("ENOENT");
});
