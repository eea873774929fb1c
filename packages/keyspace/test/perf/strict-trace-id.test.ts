import { describe, expect, it } from "vitest";

import { isKeyspaceError } from "../../src/index.ts";
import {
  decodeStrictTraceId,
  encodeStrictTraceId,
  forceStrictParams,
} from "../../src/perf/index.ts";

const invalidArgument: unknown = expect.toSatisfy((error) =>
  isKeyspaceError(error, "invalid-argument"),
);
const malformed: unknown = expect.toSatisfy((error) => isKeyspaceError(error, "malformed"));

describe("Perf's dialect", () => {
  it.each([
    [62, ",arch=x86,config=565,"],
    [62, ",arch=x86,"],
    [62, ",arch=x85,archer=x85,"],
    [66, ",A=b,a=c,"],
  ])("vector %d: %s is an id", (_, id) => {
    expect(encodeStrictTraceId(decodeStrictTraceId(id))).toBe(id);
  });

  it.each([
    [63, "arch=x86,config=565,"],
    [63, ",arch=x86,config=565"],
    [63, ""],
    [63, ",config=565,arch=x86,"],
    [63, ",config=565,config=8888,"],
    [63, ",,"],
    [66, ",a=b,A=c,"],
    [66, ",a=x y,"],
    [66, ",a=,"],
    [66, ",a=b=c,"],
  ])("vector %d: %j is none", (_, id) => {
    expect(() => decodeStrictTraceId(id)).toThrow(malformed);
  });

  it.each([",", ",a=b,\n", ",a=b,,c=d,", ",a=b\n,"])("does not read %j", (id) => {
    expect(() => decodeStrictTraceId(id)).toThrow(malformed);
  });

  it.each([[{ "bad,key": "x86" }], [{ key: "bad,value" }], [{}], [{ a: "" }], [{ "": "a" }]])(
    "vector 64: %j is refused",
    (params) => {
      expect(() => encodeStrictTraceId(params)).toThrow(invalidArgument);
    },
  );

  it("vector 65, fault 7: an id in order of its keys is read, where Perf refuses its own", () => {
    const id = encodeStrictTraceId({ a: "1", a0: "2" });
    expect(id).toBe(",a=1,a0=2,");
    expect(decodeStrictTraceId(id)).toEqual({ a: "1", a0: "2" });
  });

  it("vector 67: other characters become underscores", () => {
    expect(forceStrictParams({ "arch::this": "x!~@#$%^&*()86" })).toEqual({
      arch__this: "x___________86",
    });
  });

  it("does not let a key swallow another", () => {
    expect(() => forceStrictParams({ "a:": "1", "a;": "2" })).toThrow(invalidArgument);
  });
});
