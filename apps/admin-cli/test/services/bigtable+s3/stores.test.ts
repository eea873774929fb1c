import { bigtableService, s3Service } from "@foretile/testkit/services";
import { temporaryFolder } from "@foretile/testkit";
import { afterAll, beforeEach, expect, test, vi } from "vitest";

import { jsonLines, runForetile } from "../../support/run-foretile.ts";
import { createSampleStore, SAMPLE_KEY } from "../../support/sample-store.ts";
import { writeUpstreamRows } from "../../support/upstream-rows.ts";

const bigtable = await bigtableService();
const s3 = await s3Service();
afterAll(() => s3[Symbol.asyncDispose]());

let places = 0;

function bigtableUrl(): string {
  places += 1;
  const { project, instance, tablePrefix } = bigtable;
  return `bigtable://${project}/${instance}/${tablePrefix.slice(-12)}_${places}`;
}

async function s3Url(): Promise<string> {
  const endpoint = encodeURIComponent(s3.endpoint);
  const bucket = await s3.createBucket();
  return `s3://${bucket}/forecasts/main?endpoint=${endpoint}&region=${s3.region}&profile=ceph`;
}

const backEnds: Readonly<Record<string, () => Promise<string>>> = {
  bigtable: async () => bigtableUrl(),
  s3: s3Url,
  "bigtable and s3": async () => `hybrid:${bigtableUrl()},${await s3Url()}`,
};

beforeEach(() => {
  vi.stubEnv("BIGTABLE_EMULATOR_HOST", bigtable.endpoint);
  vi.stubEnv("AWS_ACCESS_KEY_ID", s3.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", s3.secretAccessKey);
});

async function run(...argv: string[]) {
  const finished = await runForetile(argv);
  expect({ argv, ...finished }).toMatchObject({ argv, exitCode: 0, errors: "" });
  return finished.output;
}

test.each(Object.entries(backEnds))(
  "a store on %s is provisioned, probed and made",
  async (_name, place) => {
    const url = await place();
    const before = await runForetile(["probe", "--store", url]);
    expect(before.exitCode).toBe(5);
    expect(before.output).toMatch(/ faults?\n$/);
    expect(await run("provision", "--store", url)).toContain("nothing was changed");
    expect(await run("provision", "--store", url, "--apply")).toMatch(/ done\n$/);
    expect(await run("provision", "--store", url, "--apply")).toBe("all is there: nothing to do\n");
    expect(await run("probe", "--store", url)).toMatch(/all is well\n$/);
    await run("init", "--store", url);
    const again = await runForetile(["init", "--store", url]);
    expect(again).toMatchObject({
      exitCode: 5,
      errors: expect.stringContaining("nothing was changed"),
    });
    expect(jsonLines(await run("label", "list", "--store", url, "--json"))).toMatchObject([
      { label: "low" },
      { label: "high" },
    ]);
  },
);

test("a library goes around every back end and comes back the same", async () => {
  await using folder = await temporaryFolder();
  const first = `lmdb:${folder.path}/first`;
  await createSampleStore(first);
  let from = first;
  const options = ["--versions", "all", "--verify", "--json"];
  const around = { ...backEnds, lmdb: async () => `lmdb:${folder.path}/last` };
  for (const [name, place] of Object.entries(around)) {
    const to = await place();
    const [summary] = jsonLines(await run("copy", "--from", from, "--to", to, ...options));
    expect(summary).toMatchObject({ ok: true, versions: { copied: 4, verified: 4 } });
    expect(await run("verify", "--store", to)).toContain("no damage found");
    const placement = { bigtable: "cells", lmdb: "segments" }[name] ?? "packs";
    const shown = jsonLines(await run("library", "show", "--store", to, "--json"));
    expect(shown).toMatchObject([{ placement }]);
    for (const command of [
      ["request", "show", SAMPLE_KEY],
      ["tile", "show", SAMPLE_KEY, "7"],
      ["symbol", "list"],
    ]) {
      expect(await run(...command, "--store", to)).toBe(await run(...command, "--store", first));
    }
    from = to;
  }
});

test("rows of upstream's in Bigtable are listed, read and imported beside the store", async () => {
  await createSampleStore("memory:upstream in bigtable");
  const url = bigtableUrl();
  await run("provision", "--store", url, "--table", "tiny", "--apply");
  await run("copy", "--from", "memory:upstream in bigtable", "--to", url, "--symbol", "labels");
  await writeUpstreamRows(url, [3, 12, 200], 12);
  const rows = ["--store", url, "--table", "tiny"];
  const listed = jsonLines(await run("upstream", "list", ...rows, "--json"));
  expect(listed).toMatchObject([{ asset: "BTC", start_unix: 1_512_475_200 }]);
  const imported = await runForetile(["upstream", "import", ...rows, "--label", "tiny"]);
  expect(imported.exitCode).toBe(4);
  expect(imported.output).toContain("2 sound rows, 1 new version published, 1 row damaged");
  const tile = await run("tile", "show", SAMPLE_KEY, "3", "--store", url, "--steps", "0:1");
  expect(tile).toContain("\n0,1512475200,3000,3000.1,3000.2,3000.3\n");
});

test.each([
  [() => `bigtable://${bigtable.project}/${bigtable.instance}/nothing_here`, "not-a-store"],
  [async () => (await s3Url()).replace("/forecasts/main", "/empty"), "not-a-store"],
])("what is not there is told as such %#", async (place, code) => {
  const url = await place();
  const shown = await runForetile(["stats", "--store", url, "--json"]);
  expect(shown.exitCode).toBe(5);
  expect(jsonLines(shown.errors)).toMatchObject([{ error: { code } }]);
});
