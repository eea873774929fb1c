import { beforeAll, expect, test } from "vitest";

import { jsonLines, runForetile } from "../../support/run-foretile.ts";
import { createSampleStore } from "../../support/sample-store.ts";

const store = ["--store", "memory:request-list"];

beforeAll(() => createSampleStore("memory:request-list"));

test("requests are listed in aligned columns", async () => {
  const { exitCode, output } = await runForetile([...store, "request", "list"]);
  expect(exitCode).toBe(0);
  const [titles = "", btc = "", eth = "", end] = output.split("\n");
  expect(titles).toMatch(/^KEY +START +VERSION +PUBLISHED +RAW +STORED +RATIO$/);
  expect(btc).toMatch(
    /^tiny\/BTC#1512475200 +2017-12-05T12:00:00Z +2 +20.*Z +2\.24 kB +.*kB +[0-9.]+$/,
  );
  expect(eth).toMatch(/^tiny\/ETH#1512478800 +2017-12-05T13:00:00Z +1 /);
  expect(end).toBe("");
  expect(new Set([titles.length, btc.length, eth.length]).size).toBe(1);
});

test("with --json a request is a line", async () => {
  const { output } = await runForetile([...store, "request", "list", "--json"]);
  expect(jsonLines(output)).toMatchObject([
    {
      key: "tiny/BTC#1512475200",
      label: "tiny",
      asset: "BTC",
      start_time: "2017-12-05T12:00:00Z",
      version: 2,
      version_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      raw_bytes: 2 * 70 * 4 * 4,
    },
    { key: "tiny/ETH#1512478800", version: 1 },
  ]);
});

test.each([
  [["--asset", "ETH"], ["tiny/ETH#1512478800"]],
  [["--label", "tiny", "--to", "1512478800"], ["tiny/BTC#1512475200"]],
  [["--from", "2017-12-05", "--to", "2017-12-05T12:30"], ["tiny/BTC#1512475200"]],
  [["--from", "2017-12-05T13:00:00Z"], ["tiny/ETH#1512478800"]],
  [["--label", "low"], []],
])("%j selects", async (filter, keys) => {
  const { output } = await runForetile([...store, "request", "list", "--json", ...filter]);
  expect(jsonLines(output).map(({ key }) => key)).toStrictEqual(keys);
});

test("nothing is said in words", async () => {
  const { output } = await runForetile([...store, "request", "list", "--label", "low"]);
  expect(output).toBe("no requests\n");
});

test("a time that is none is wrong usage", async () => {
  const { exitCode, errors } = await runForetile([...store, "request", "list", "--from", "noon"]);
  expect(exitCode).toBe(2);
  expect(errors).toContain("Expected a time such as 2017-12-05T12:00:00Z");
});
