import { openPredictions } from "@foretile/app-kit";
import { openTraceStore } from "@foretile/trace-store";
import { describe, expect, test } from "vitest";

import { jsonLines, runForetile } from "../../support/run-foretile.ts";
import { createTracedStore } from "../../support/traced-store.ts";

/** One store for all that only reads. */
const url = "memory:trace-commands";
const made = createTracedStore(url);

async function run(...argv: readonly string[]) {
  await made;
  return runForetile(["--store", url, "trace", ...argv]);
}

async function count(...range: readonly string[]): Promise<number> {
  const { output } = await run("query", "field=crps,miner=7", ...range, "--json");
  return jsonLines(output).length;
}

describe("trace query", () => {
  test("prints points in lines for people, with what is invalid", async () => {
    const { exitCode, output, errors } = await run(
      "query",
      "field=crps,miner=7|9",
      "--to",
      "2017-12-06",
    );
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: "" });
    expect(output).toBe(
      [
        "TIME                                   VALUE  SERIES",
        "2017-12-05T12:00:00Z                       1  asset=BTC,field=crps,label=tiny,miner=7",
        "2017-12-05T13:00:00Z                     1.5  asset=BTC,field=crps,label=tiny,miner=7",
        "2017-12-05T12:00:00Z                 invalid  asset=BTC,field=crps,label=tiny,miner=9",
        "2017-12-05T13:00:00Z                 invalid  asset=BTC,field=crps,label=tiny,miner=9",
        "",
      ].join("\n"),
    );
  });

  test("prints a JSON line for each point", async () => {
    const { output } = await run(
      "query",
      "field=crps",
      "miner=~^(7|9)$",
      "--from",
      "2017-12-06",
      "--json",
    );
    const params = { asset: "BTC", field: "crps", label: "tiny" };
    const place = { position: 25_209_360, time: "2017-12-06T12:00:00Z" };
    expect(jsonLines(output)).toEqual([
      { set: "scores", params: { ...params, miner: "7" }, ...place, state: "value", value: 13 },
      { set: "scores", params: { ...params, miner: "9" }, ...place, state: "invalid", value: null },
    ]);
  });

  test("takes positions as well as times, half-open", async () => {
    expect(await count("--from", "25207920", "--to", "25207980")).toBe(1);
    expect(await count("--from", "25207920", "--to", "25207981")).toBe(2);
    expect(await count("--from", "2017-12-05T12:00:01", "--to", "2017-12-05T13:00:01")).toBe(2);
    expect(await count("--from", "2017-12-05T12:01", "--to", "2017-12-05T13:00")).toBe(0);
  });

  test("prints digests in digits, and says when there is nothing", async () => {
    const { output } = await run("query", "--set", "digests", "miner=12");
    expect(output).toMatch(
      /^TIME +VALUE +SERIES\n2017-12-05T12:00:00Z {2}[0-9a-f]{32} {2}asset=BTC,label=tiny,miner=12\n/,
    );
    expect(await run("query", "miner=1")).toMatchObject({ exitCode: 0, output: "no points\n" });
    expect(await run("query", "miner=1", "--json")).toMatchObject({ exitCode: 0, output: "" });
  });

  test("tells what is wrong with a question", async () => {
    expect(await run("query", "asset")).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('not a condition condition="asset"\nhint: conditions are'),
    });
    expect(await run("query", "--set", "none")).toMatchObject({
      exitCode: 3,
      errors: expect.stringMatching(/no such trace set.*\nhint: .*trace rebuild/s),
    });
    expect(await run("query", "--from", "25207980", "--to", "1")).toMatchObject({ exitCode: 2 });
    expect(await run("query", "--as-of", "3")).toMatchObject({ exitCode: 2 });
    expect(await run("query", "--as-of", "snapshot:none")).toMatchObject({ exitCode: 3 });
  });

  test("of a set of one's own prints positions, and knows no times", async () => {
    await made;
    await using opened = await openPredictions(url, "write");
    const own = await openTraceStore({ library: opened.library, set: "own", valueType: "float32" });
    await own.append(3, [{ params: { host: "a" }, value: 0.5 }]);
    await own.append(4, [{ params: { host: "a" }, value: -Infinity }]);
    expect((await run("query", "--set", "own")).output).toBe(
      [
        "    POSITION                   VALUE  SERIES",
        "           3                     0.5  host=a",
        "           4               -Infinity  host=a",
        "",
      ].join("\n"),
    );
    expect(jsonLines((await run("query", "--set", "own", "--json")).output)[1]).toEqual({
      set: "own",
      params: { host: "a" },
      position: 4,
      state: "value",
      value: "-Infinity",
    });
    expect(await run("query", "--set", "own", "--from", "2017-12-05")).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining("positions of this set are no times"),
    });
  });
});

test("trace show sums up each series", async () => {
  const argv = ["show", "field=crps,miner=7|9"];
  expect((await run(...argv)).output).toBe(
    [
      "FROM                  TO                    VALUES  INVALID  DELETED  REPEATED    MIN   MEAN     MAX    LAST  SERIES",
      "2017-12-05T12:00:00Z  2017-12-06T12:00:00Z       3        0        0         0  1.000  5.167  13.000  13.000  asset=BTC,field=crps,label=tiny,miner=7",
      "2017-12-05T12:00:00Z  2017-12-06T12:00:00Z       0        3        0         0      -      -       -       -  asset=BTC,field=crps,label=tiny,miner=9",
      "",
    ].join("\n"),
  );
  const [first] = jsonLines((await run("show", "--set", "digests", "miner=12", "--json")).output);
  expect(first).toEqual({
    set: "digests",
    params: { asset: "BTC", label: "tiny", miner: "12" },
    first: { position: 25_207_920, time: "2017-12-05T12:00:00Z" },
    newest: { position: 25_209_360, time: "2017-12-06T12:00:00Z" },
    values: 3,
    invalid: 0,
    deleted: 0,
    repeated: 1,
    last: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
});

test("trace params tells what can be asked for", async () => {
  const { output } = await run("params", "miner=*");
  expect(output).toBe(
    [
      "12 series",
      "KEY       COUNT  VALUES",
      "asset         1  BTC",
      "field         4  crps interval miner_uid prompt_score",
      "interval      1  5min",
      "label         1  tiny",
      "miner         3  12 7 9",
      "",
    ].join("\n"),
  );
  expect((await run("params", "--key", "miner")).output).toBe("12\n7\n9\n");
  expect(jsonLines((await run("params", "--key", "asset", "--json")).output)).toEqual([
    { set: "scores", key: "asset", values: ["BTC"] },
  ]);
});

test("trace same finds who sent the same", async () => {
  const { output } = await run("same", "--at", "2017-12-05T12:00");
  expect(output).toMatch(
    /^2017-12-05T12:00:00Z {2}2 series have [0-9a-f]{32}\n {2}asset=BTC,label=tiny,miner=12\n {2}asset=BTC,label=tiny,miner=7\n$/,
  );
  expect((await run("same")).output).toBe("2017-12-06T12:00:00Z  all different\n");
  expect(jsonLines((await run("same", "--last", "3", "--json")).output)).toEqual([
    {
      set: "digests",
      position: 25_207_920,
      time: "2017-12-05T12:00:00Z",
      value: expect.stringMatching(/^[0-9a-f]{32}$/),
      series: ["12", "7"].map((miner) => ({ asset: "BTC", label: "tiny", miner })),
    },
  ]);
});

test("trace list lists sets", async () => {
  const store = "memory:trace-list";
  await createTracedStore(store);
  const argv = ["--store", store, "trace", "list"];
  expect((await runForetile(argv)).output).toBe(
    [
      "SET      VALUES   TILE SIZE",
      "digests  digest        1440",
      "scores   float64       1440",
      "",
    ].join("\n"),
  );
  expect(jsonLines((await runForetile([...argv, "--json"])).output)).toEqual([
    { set: "digests", value_type: "digest", tile_size: 1440 },
    { set: "scores", value_type: "float64", tile_size: 1440 },
  ]);
  const none = await runForetile(["--store", "memory:trace-list-none", "trace", "list"]);
  expect(none.output).toBe("no trace sets\n");
});

test("trace tiles lists days, newest first", async () => {
  const { output } = await run("tiles");
  expect(output.split("\n").map((line) => line.split(/ +/).slice(0, 4).join(" ").trim())).toEqual(
    [
      "TILE FROM TO",
      "17506 2017-12-06T00:00:00Z 2017-12-07T00:00:00Z 1",
      "17505 2017-12-05T00:00:00Z 2017-12-06T00:00:00Z 1",
      "",
    ].map((line, index) => (index === 0 ? " TILE FROM TO" : line).trim()),
  );
  expect(
    jsonLines((await run("tiles", "--set", "digests", "--to", "2017-12-06", "--json")).output),
  ).toMatchObject([
    { set: "digests", tile: 17_505, from_time: "2017-12-05T00:00:00Z", positions: 2 },
  ]);
});

describe("what changes traces", () => {
  test("trace rebuild traces what was scored before, and then has nothing to do", async () => {
    const store = "memory:trace-rebuild";
    await createTracedStore(store, { traced: false });
    const argv = ["--store", store, "trace"];
    expect((await runForetile([...argv, "query"])).exitCode).toBe(3);
    const first = await runForetile([...argv, "rebuild", "--to", "2017-12-06"]);
    expect(first.output).toMatch(/^2 scored requests, 2 newly traced, [0-9]+ points changed\n$/);
    const second = await runForetile([...argv, "rebuild", "--json"]);
    expect(jsonLines(second.output)).toEqual([
      { requests: 3, added: 1, points: expect.any(Number) },
    ]);
    const third = await runForetile([...argv, "rebuild", "--full"]);
    expect(third.output).toBe("3 scored requests, 0 newly traced, 0 points changed\n");
  });

  test("trace delete tells what it would take, and takes it with --yes", async () => {
    const store = "memory:trace-delete";
    await createTracedStore(store);
    const argv = ["--store", store, "trace"];
    const noon = [...argv, "delete", "miner=7,field=crps", "--to", "2017-12-05T13:00", "--yes"];
    expect((await runForetile(noon)).output).toBe("deleted 1 point of 1 series in 1 tile\n");
    const remove = [...argv, "delete", "miner=7", "--to", "2017-12-06"];
    const dry = await runForetile(remove);
    expect(dry.output).toBe(
      "would delete 7 points of 4 series in 1 tile\nnothing was changed; add --yes to do it\n",
    );
    expect(jsonLines((await runForetile([...remove, "--json"])).output)).toEqual([
      { dry_run: true, set: "scores", series: 4, points: 7, tiles: 1 },
    ]);
    const words = ["--user", "ops", "--message", "left"];
    expect((await runForetile([...remove, "--yes", ...words])).output).toBe(
      "deleted 7 points of 4 series in 1 tile\n",
    );
    expect((await runForetile(remove)).output).toContain("would delete 0 points");
    const left = await runForetile([...argv, "query", "miner=7,field=crps", "--json"]);
    expect(jsonLines(left.output).map(({ value }) => value)).toEqual([13]);
    const audit = await runForetile(["--store", store, "audit", "--user", "ops", "--json"]);
    expect(jsonLines(audit.output)).toMatchObject([{ user: "ops", message: "left" }]);
    expect(await runForetile([...argv, "delete", ","])).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining("no conditions"),
    });
  });

  test("trace expire takes whole days, and trace undelete brings one back", async () => {
    const store = "memory:trace-expire";
    await createTracedStore(store);
    const argv = ["--store", store, "trace"];
    const nowMs = Date.parse("2017-12-08T12:00Z");
    const expire = [...argv, "expire", "--older-than", "1d12h"];
    const dry = await runForetile(expire, { nowMs });
    expect(dry.output).toMatch(
      /^would delete tile 17506.*\nwould delete tile 17505, 2017-12-05T00:00:00Z to 2017-12-06T00:00:00Z: [0-9.]+ k?B\nnothing was changed/,
    );
    const one = [...argv, "expire", "--before", "2017-12-06T23:59"];
    expect(jsonLines((await runForetile([...one, "--json"])).output)).toMatchObject([
      { dry_run: true, tile: 17_505 },
    ]);
    expect((await runForetile([...one, "--yes"])).output).toMatch(/\ndeleted 1 tile\n$/);
    const positions = async (): Promise<unknown[]> => {
      const { output } = await runForetile([...argv, "query", "field=miners", "--json"]);
      return jsonLines(output).map(({ position }) => position);
    };
    expect(await positions()).toEqual([25_209_360]);
    expect((await runForetile([...one, "--yes"])).output).toBe("no tiles are that old\n");
    expect((await runForetile([...argv, "undelete", "17505"])).output).toBe(
      "took tile 17505 of scores back\n",
    );
    expect(await positions()).toEqual([25_207_920, 25_207_980, 25_209_360]);
    expect((await runForetile([...argv, "expire"])).exitCode).toBe(2);
    expect((await runForetile([...expire, "--before", "1"])).exitCode).toBe(2);
  });

  test("trace compact changes nothing that can be read", async () => {
    const store = "memory:trace-compact";
    await createTracedStore(store);
    const argv = ["--store", store, "trace"];
    {
      await using opened = await openPredictions(store, "write");
      const scores = await openTraceStore({ library: opened.library, set: "scores" });
      await scores.append(25_207_925, [{ params: { note: "a" }, value: 1 }]);
    }
    const before = await runForetile([...argv, "query", "--json"]);
    const tiles = async (): Promise<unknown[]> =>
      jsonLines((await runForetile([...argv, "tiles", "--json"])).output).map(({ runs }) => runs);
    expect(await tiles()).toEqual([1, 2]);
    expect((await runForetile([...argv, "compact"])).output).toBe(
      "looked at 2 tiles, merged 2 runs of 1 tile\n",
    );
    expect(await tiles()).toEqual([1, 1]);
    expect((await runForetile([...argv, "query", "--json"])).output).toBe(before.output);
  });
});
