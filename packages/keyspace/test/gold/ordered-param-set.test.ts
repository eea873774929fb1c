import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isKeyspaceError, type ParamSet } from "../../src/index.ts";
import { OrderedParamSet } from "../../src/gold/index.ts";

const invalidArgument: unknown = expect.toSatisfy((error) =>
  isKeyspaceError(error, "invalid-argument"),
);
const malformed: unknown = expect.toSatisfy((error) => isKeyspaceError(error, "malformed"));

const names = Array.from({ length: 70 }, (_, number) => `test${String(number).padStart(2, "0")}`);
const x = OrderedParamSet.of([
  ["config", ["8888", "565", "gpu"]],
  ["name", names],
  ["arch", ["x86", "arm"]],
]);

describe("encode and decode", () => {
  const fresh = OrderedParamSet.empty.updated({ arch: ["riscv", "arm"] });

  it("vector 35: a new dictionary numbers values as they came", () => {
    expect(fresh.encode({ arch: "arm" })).toBe(",0=1,");
  });

  it("vector 36: what is not in it cannot be encoded", () => {
    expect(() => fresh.encode({ config: "8888" })).toThrow(invalidArgument);
  });

  it("vector 37: a new key comes after the others", () => {
    const grown = fresh.updated({ config: ["8888", "565", "gpu"] });
    expect(grown.encode({ arch: "riscv", config: "gpu" })).toBe(",0=0,1=2,");
  });

  it("vector 40: as text and as numbers", () => {
    const params = { config: "8888", arch: "x86", name: "test01" };
    expect(x.encode(params)).toBe(",0=0,1=1,2=0,");
    expect(Object.fromEntries(x.numbers(params))).toEqual({ "0": 0, "1": 1, "2": 0 });
  });

  it("vector 41: and back", () => {
    const grown = x.updated({ config: ["gles"] });
    const params = { config: "gles", arch: "arm", name: "test68" };
    expect(grown.encode(params)).toBe(",0=3,1=68,2=1,");
    expect(grown.decode(",0=3,1=68,2=1,")).toEqual(params);
  });

  it.each([[{}], [{ config: "some unknown value" }]])("vector 42: %j is refused", (params) => {
    expect(() => x.encode(params)).toThrow(invalidArgument);
    expect(() => x.numbers(params)).toThrow(invalidArgument);
  });

  it.each(["", ",,"])("vector 43: %j is refused, where Gold reads no params", (id) => {
    expect(() => x.decode(id)).toThrow(malformed);
  });

  it.each([",1,", ",1=foo,", ",-1=0,"])("vector 44: %j is refused", (id) => {
    expect(() => x.decode(id)).toThrow(malformed);
  });

  it.each(["0=0", ",2=1,0=0,", ",0=0,0=1,"])(
    "vector 45: %j is refused, where Gold reads what it never writes",
    (id) => {
      expect(() => x.decode(id)).toThrow(malformed);
    },
  );

  it.each([",00=0,", ",0=00,", ",0=3,", ",0=0=0,"])("vector 46: %j is refused", (id) => {
    expect(() => x.decode(id)).toThrow(malformed);
  });

  it("vector 47, fault 6: an unknown key is refused, where Gold drops it", () => {
    expect(() => x.encode({ config: "8888", bogus: "x" })).toThrow(invalidArgument);
    expect(x.has({ config: "8888", bogus: "x" })).toBe(false);
    expect(x.has({ config: "8888" })).toBe(true);
  });

  it.each([",", "x", ",3=0,", ",0=9999999999,", ",0=0,\n", "\n,0=0,"])("refuses %j", (id) => {
    expect(() => x.decode(id)).toThrow(malformed);
  });
});

describe("delta and update", () => {
  const wanted = {
    config: ["8888", "gles"],
    arch: ["riscv", "arm"],
    srgb: ["true", "false"],
  };

  it("vector 38: what is new", () => {
    expect(x.delta(wanted)).toEqual({
      config: ["gles"],
      arch: ["riscv"],
      srgb: ["true", "false"],
    });
  });

  it("vector 39: what becomes of it", () => {
    const grown = x.updated(wanted);
    expect(grown.keys).toEqual(["config", "name", "arch", "srgb"]);
    expect(Object.fromEntries(grown.entries())).toEqual({
      config: ["8888", "565", "gpu", "gles"],
      name: names,
      arch: ["x86", "arm", "riscv"],
      srgb: ["true", "false"],
    });
  });

  it("vector 48: the same values in another order change nothing", () => {
    const set = OrderedParamSet.of([["os", ["win", "linux"]]]);
    expect(set.updated({ os: ["linux", "win"] })).toBe(set);
  });

  it("vector 49: the earlier state stays as it was", () => {
    const before = OrderedParamSet.of([["arch", ["x86"]]]);
    const after = before.updated({ config: ["8888"], arch: ["arm"] });
    expect(before.entries()).toEqual([["arch", ["x86"]]]);
    expect(after.keys).toEqual(["arch", "config"]);
  });

  it("fault 9: new keys are in order, whatever order they came in, where Gold's is random", () => {
    const keys = ["b", "a0", "a", "\u{10000}", "\uffff"];
    const sorted = ["a", "a0", "b", "\uffff", "\u{10000}"];
    for (const order of [keys, keys.toReversed()]) {
      const set = OrderedParamSet.empty.updated(
        Object.fromEntries(order.map((key) => [key, ["v"]])),
      );
      expect(set.keys).toEqual(sorted);
    }
  });

  it("takes repeated values once", () => {
    const set = OrderedParamSet.empty.updated({ os: ["win", "win", "mac"] });
    expect(set.entries()).toEqual([["os", ["win", "mac"]]]);
  });

  it("keeps every id through any updates, and reads them back", () => {
    const word = fc.constantFrom("a", "b", "c", "__proto__", "1", "é", "");
    const sets = fc.array(
      fc.dictionary(word, fc.array(word, { minLength: 1, maxLength: 3 }), {
        minKeys: 1,
        maxKeys: 3,
      }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(sets, (updates: readonly ParamSet[]) => {
        let set = OrderedParamSet.empty;
        const written: [string, Map<string, string>][] = [];
        for (const update of updates) {
          set = set.updated(update);
          expect(set.delta(update)).toEqual({});
          const params = Object.fromEntries(
            Object.entries(update).map(([key, values]) => [key, values[0] ?? ""]),
          );
          written.push([set.encode(params), new Map(Object.entries(params))]);
        }
        for (const [id, params] of written) {
          expect(new Map(Object.entries(set.decode(id)))).toEqual(params);
          expect(set.encode(Object.fromEntries(params))).toBe(id);
        }
      }),
    );
  });
});

describe("of", () => {
  it("copies what it is given", () => {
    const values = ["win"];
    const set = OrderedParamSet.of([["os", values]]);
    values.push("linux");
    expect(set.entries()).toEqual([["os", ["win"]]]);
  });

  it("refuses a key or a value that is there twice", () => {
    expect(() =>
      OrderedParamSet.of([
        ["os", ["win"]],
        ["os", ["linux"]],
      ]),
    ).toThrow(malformed);
    expect(() => OrderedParamSet.of([["os", ["win", "win"]]])).toThrow(malformed);
  });
});
