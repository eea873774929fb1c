import { openStore } from "@foretile/app-kit";
import { beforeAll, describe, expect, test } from "vitest";

import { jsonLines, runForetile } from "../../support/run-foretile.ts";
import { SAMPLE_KEY, createSampleStore } from "../../support/sample-store.ts";

// Miner 7's price is 7000 at the first step and one more at each next; simulation 3 is 0.3 above that.

const query = ["--store", "memory:query", "query"];
const ETH_KEY = "tiny/ETH#1512478800";

beforeAll(() => createSampleStore("memory:query"));

async function lines(...argv: readonly string[]): Promise<string[]> {
  const { exitCode, output, errors } = await runForetile([...query, ...argv]);
  expect({ exitCode, errors }).toStrictEqual({ exitCode: 0, errors: "" });
  return output.trimEnd().split("\n");
}

async function documents(...argv: readonly string[]): Promise<Record<string, unknown>[]> {
  return jsonLines((await lines(...argv, "--json")).join("\n"));
}

describe("steps", () => {
  test("are rows of CSV", async () => {
    const options = ["--steps", "0,68:", "--simulations", "0,3", "--miners", "7"];
    expect(await lines("steps", SAMPLE_KEY, ...options)).toStrictEqual([
      "request,version,miner_id,step,unix_seconds,simulation,value",
      `${SAMPLE_KEY},2,7,0,1512475200,0,7000`,
      `${SAMPLE_KEY},2,7,0,1512475200,3,7000.3`,
      `${SAMPLE_KEY},2,7,68,1512479280,0,7068`,
      `${SAMPLE_KEY},2,7,68,1512479280,3,7068.3`,
      `${SAMPLE_KEY},2,7,69,1512479340,0,7069`,
      `${SAMPLE_KEY},2,7,69,1512479340,3,7069.3`,
    ]);
  });

  test("are a JSON line each", async () => {
    const window = ["--from", "2017-12-05T12:30", "--to", "2017-12-05T12:31"];
    expect(await documents("steps", "--asset", "BTC", ...window)).toMatchObject([
      {
        request: SAMPLE_KEY,
        version: 2,
        miner_id: 7,
        step: 30,
        values: [7030, 7030.1, 7030.2, 7030.3],
      },
      { request: SAMPLE_KEY, miner_id: 12, step: 30, unix_seconds: 1_512_477_000 },
    ]);
  });
});

describe("quantiles", () => {
  test("are a table of each miner", async () => {
    const options = ["--steps", "69", "--at", "0,0.5,1"];
    expect(await lines("quantiles", SAMPLE_KEY, ...options)).toStrictEqual([
      `${SAMPLE_KEY} version 2, steps 0:70, 2017-12-05T12:00:00Z to 2017-12-05T13:09:00Z`,
      "MINER  STEP  TIME                     Q0       Q0.5       Q1",
      "    7    69  2017-12-05T13:09:00Z   7069  7069.1501   7069.3",
      "   12    69  2017-12-05T13:09:00Z  12069   12069.15  12069.3",
    ]);
  });

  test("are of all miners together when pooled", async () => {
    const options = ["--steps", "69", "--at", "0,1", "--pooled"];
    expect(await documents("quantiles", SAMPLE_KEY, ...options)).toMatchObject([
      {
        miner_ids: [7, 12],
        probabilities: [0, 1],
        steps: [69],
        quantiles: [[7069, 12_069.2998046875]],
      },
    ]);
    const rows = await lines("quantiles", SAMPLE_KEY, ...options, "--csv");
    expect(rows[1]).toBe(`${SAMPLE_KEY},2,all,69,1512479340,7069,12069.2998046875`);
  });
});

describe("moments", () => {
  test("are a table, CSV or a document", async () => {
    const options = ["--steps", "0", "--miners", "7"];
    expect((await lines("moments", SAMPLE_KEY, ...options)).slice(1)).toStrictEqual([
      "MINER  STEP  TIME                  COUNT     MEAN         STD   MIN     MAX",
      "    7     0  2017-12-05T12:00:00Z      4  7000.15  0.11174889  7000  7000.3",
    ]);
    const [document] = await documents("moments", SAMPLE_KEY, ...options);
    expect(document).toMatchObject({ miner_id: 7, count: 4, steps: [0], mins: [7000] });
    const rows = await lines("moments", SAMPLE_KEY, "--steps", "0", "--pooled", "--csv");
    expect(rows[1]).toContain(`${SAMPLE_KEY},2,all,0,1512475200,8,9500.149963378906,`);
  });
});

describe("crossings", () => {
  test("are counted by miner and in all", async () => {
    expect(await lines("crossings", SAMPLE_KEY, "--level", "7032.1")).toStrictEqual([
      `${SAMPLE_KEY} version 2, steps 0:70, 2017-12-05T12:00:00Z to 2017-12-05T13:09:00Z`,
      "MINER  CROSS  PATHS    SHARE  FIRST  TIME",
      "    7      4      4  100.0 %     32  2017-12-05T12:32:00Z",
      "   12      0      4    0.0 %      -  -",
      "  all      4      8   50.0 %     32  2017-12-05T12:32:00Z",
    ]);
  });

  test("are paths in CSV and JSON, of a window of several requests", async () => {
    const options = ["--level", "7062.2", "--direction", "up", "--miners", "7"];
    const window = ["--from", "2017-12-05T13:01", "--to", "2017-12-05T13:04"];
    expect(await lines("crossings", ...options, ...window, "--csv")).toStrictEqual([
      "request,version,miner_id,simulation,step,unix_seconds",
      `${SAMPLE_KEY},2,7,0,63,1512478980`,
      `${SAMPLE_KEY},2,7,1,63,1512478980`,
      `${SAMPLE_KEY},2,7,2,62,1512478920`,
      `${SAMPLE_KEY},2,7,3,62,1512478920`,
    ]);
    expect(await documents("crossings", ...options, ...window)).toMatchObject([
      {
        request: SAMPLE_KEY,
        from_step: 61,
        to_step: 64,
        crossed: 4,
        first_steps: [63, 63, 62, 62],
      },
      { request: ETH_KEY, from_step: 1, to_step: 4, paths: 4, crossed: 0, simulations: [] },
    ]);
    expect(await documents("crossings", ...options, ...window, "--whole")).toMatchObject([
      { request: SAMPLE_KEY, from_step: 0, to_step: 70, crossed: 4 },
      { request: ETH_KEY, from_step: 0, to_step: 70, crossed: 4 },
    ]);
  });
});

describe("a band", () => {
  test("keeps the paths that stay inside", async () => {
    const options = ["--miners", "7", "--low", "7000", "--high", "7069.1"];
    const table = await lines("band", SAMPLE_KEY, ...options);
    expect(table.slice(1)).toStrictEqual([
      "MINER  INSIDE  PATHS   SHARE",
      "    7       2      4  50.0 %",
      "  all       2      4  50.0 %",
    ]);
    expect(await lines("band", SAMPLE_KEY, ...options, "--csv")).toStrictEqual([
      "request,version,miner_id,simulation",
      `${SAMPLE_KEY},2,7,0`,
      `${SAMPLE_KEY},2,7,1`,
    ]);
    expect(await documents("band", SAMPLE_KEY, ...options)).toMatchObject([
      { miner_id: 7, low: 7000, high: 7069.1, paths: 4, inside: 2, simulations: [0, 1] },
    ]);
  });

  test("gives its points", async () => {
    const options = ["--low", "7068.3", "--high", "7069.1"];
    expect(await lines("points", SAMPLE_KEY, ...options)).toStrictEqual([
      "request,version,miner_id,step,unix_seconds,simulation,value",
      `${SAMPLE_KEY},2,7,68,1512479280,3,7068.3`,
      `${SAMPLE_KEY},2,7,69,1512479340,0,7069`,
      `${SAMPLE_KEY},2,7,69,1512479340,1,7069.1`,
    ]);
    expect(await documents("points", SAMPLE_KEY, ...options)).toMatchObject([
      { miner_id: 7, steps: [68, 69, 69], simulations: [3, 0, 1], values: [7068.3, 7069, 7069.1] },
    ]);
  });
});

describe("requests", () => {
  const count = ["crossings", "--level", "7032"];

  test.each([
    [
      ["--label", "tiny"],
      [SAMPLE_KEY, ETH_KEY],
    ],
    [["--asset", "ETH"], [ETH_KEY]],
    [["--to", "2017-12-05T13:00"], [SAMPLE_KEY]],
    [
      ["--from", "2017-12-05T13:09"],
      [SAMPLE_KEY, ETH_KEY],
    ],
    [["--from", "2017-12-05T13:00", "--relation", "within"], [ETH_KEY]],
    [
      ["--to", "2017-12-05T13:05", "--relation", "starts-in"],
      [SAMPLE_KEY, ETH_KEY],
    ],
    [["--to", "2017-12-05T13:10", "--relation", "ends-in"], [SAMPLE_KEY]],
    [["--label", "none"], []],
  ])("%j are the selected ones", async (options, keys) => {
    const found = await documents(...count, ...options);
    expect([...new Set(found.map(({ request }) => request))]).toStrictEqual(keys);
  });

  test("are of an older version when it is asked for", async () => {
    const found = await documents(...count, SAMPLE_KEY, "--as-of", "1");
    expect(found).toMatchObject([{ version: 1, miner_id: 7 }]);
  });

  test("that are none are said to be none", async () => {
    expect(await lines(...count, "--label", "none")).toStrictEqual(["no requests"]);
    expect(await lines(...count, "--label", "none", "--csv")).toHaveLength(1);
    expect((await lines(...count, ETH_KEY, "--miners", "99")).at(-1)).toBe("nothing found");
  });

  test("stand in tables one below the other", async () => {
    const output = (await lines(...count, "--miners", "7")).join("\n");
    expect(output.split("\n\n").map((table) => table.split(" ")[0])).toStrictEqual([
      SAMPLE_KEY,
      ETH_KEY,
    ]);
  });
});

test("damaged tiles are told, the others are shown", async () => {
  const url = "memory:query-damaged";
  await createSampleStore(url);
  const store = await openStore(url, "write");
  for await (const [first] of store.blobs.list({ gte: "s/", lt: "s/~" })) {
    if (first !== undefined) await store.blobs.deleteMany([first.key]);
  }
  for (const [name, ...options] of [
    ["steps"],
    ["quantiles"],
    ["quantiles", "--pooled"],
    ["moments"],
    ["moments", "--pooled"],
    ["crossings", "--level", "7001"],
    ["band", "--low", "1"],
    ["points", "--low", "1"],
  ] as const) {
    const argv = ["--store", url, "query", name, ...options, "--json"];
    const { exitCode, errors, output } = await runForetile(argv);
    expect({ name, exitCode }).toStrictEqual({ name, exitCode: 4 });
    expect(errors).toMatch(/^foretile: a tile of tiny\/\S+ cannot be read: tile is damaged/);
    expect(errors.trimEnd().split("\n")).toHaveLength(1);
    expect(output).not.toBe("");
  }
});

test.each([
  [["crossings", SAMPLE_KEY], 2, "required option '--level <price>' not specified"],
  [["crossings", SAMPLE_KEY, "--level", "x"], 2, "Expected a number such as"],
  [["crossings", SAMPLE_KEY, "--level", "9".repeat(60)], 2, "level must be a finite price"],
  [["crossings", SAMPLE_KEY, "--level", "1", "--direction", "left"], 2, "Allowed choices are up"],
  [["crossings", "--level", "1", "--relation", "near"], 2, "Allowed choices are intersects"],
  [["crossings", "tiny/BTC#1", "--level", "1"], 3, "no such request"],
  [["crossings", "tiny", "--level", "1"], 2, "not a request key"],
  [["band", SAMPLE_KEY], 2, "band must have a lower end, an upper end or both"],
  [["points", SAMPLE_KEY, "--low", "2", "--high", "1"], 2, "band must not end below"],
  [["steps", SAMPLE_KEY, "--steps", "70"], 2, "steps must be some of the request's step=70"],
  [["steps", SAMPLE_KEY, "--steps", "999999999"], 2, "step=999999999"],
  [["steps", SAMPLE_KEY, "--steps", "5:5"], 2, "step=none"],
  [["steps", SAMPLE_KEY, "--steps", "a"], 2, "Expected steps and ranges"],
  [["steps", SAMPLE_KEY, "--simulations", "4"], 2, "simulation=4 simulations=4"],
  [["steps", SAMPLE_KEY, "--simulations", "3-1"], 2, "Expected numbers such as 0,7 or 10-19"],
  [["steps", SAMPLE_KEY, "--simulations", "0-99999999"], 2, "Expected numbers such as"],
  [["quantiles", SAMPLE_KEY, "--at", "1.5"], 2, "must be from 0 to 1 probability=1.5"],
  [["moments", "--from", "2017-12-06", "--to", "2017-12-05"], 2, "window must end after it begins"],
])("%j exits with %d", async (argv, code, message) => {
  const { exitCode, errors, output } = await runForetile([...query, ...argv]);
  expect({ exitCode, output }).toStrictEqual({ exitCode: code, output: "" });
  expect(errors).toContain(message);
});
