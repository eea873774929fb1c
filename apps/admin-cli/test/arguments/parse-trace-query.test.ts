import { isAppError } from "@foretile/app-kit";
import { describe, expect, test } from "vitest";

import { parseTraceQuery } from "../../src/arguments/parse-trace-query.ts";

describe("conditions on params", () => {
  test.each([
    [["asset=BTC,label=low"], { asset: ["BTC"], label: ["low"] }],
    [
      ["asset=BTC|ETH", "label!=low|high"],
      { asset: ["BTC", "ETH"], label: { not: ["low", "high"] } },
    ],
    [["miner=*,field=crps"], { miner: { any: true }, field: ["crps"] }],
    [["note="], { note: [""] }],
    [["a=b=c!=d"], { a: ["b=c!=d"] }],
    [["a=x%2Cy%7Cz%25,b=%C3%A9"], { a: ["x,y|z%"], b: ["é"] }],
    [[",asset=BTC,label=low,"], { asset: ["BTC"], label: ["low"] }],
    [[], {}],
    [[""], {}],
  ])("%j", (texts, expected) => {
    expect(parseTraceQuery(texts)).toEqual(expected);
  });

  test("an expression takes the rest of its argument, as it is", () => {
    expect(parseTraceQuery(["asset=BTC,miner=~^10[0-9]{1,2}$|%2C,=x"])).toEqual({
      asset: ["BTC"],
      miner: { matches: /^10[0-9]{1,2}$|%2C,=x/u },
    });
    expect(parseTraceQuery(["miner!~^1", "label=low"])).toEqual({
      miner: { not: /^1/u },
      label: ["low"],
    });
  });

  test.each([
    [["asset"], "not a condition"],
    [["=BTC"], "not a condition"],
    [["asset!BTC"], "not a condition"],
    [["asset=BTC,asset=ETH"], 'two conditions on one key key="asset"'],
    [["asset=BTC", "asset!=ETH"], "two conditions on one key"],
    [["miner=~("], "not an expression"],
    [["asset!=*"], "no asking for series without a key"],
    [["asset=%E9"], "an escape is cut or no UTF-8"],
  ])("%j is wrong usage", (texts, message) => {
    let error: unknown;
    try {
      parseTraceQuery(texts);
    } catch (thrown) {
      error = thrown;
    }
    expect(isAppError(error, "usage")).toBe(true);
    expect(error).toMatchObject({ message: expect.stringContaining(message) });
    expect(error).toMatchObject({ hint: expect.stringContaining("asset=BTC|ETH") });
  });
});
