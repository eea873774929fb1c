import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { decodeTraceId, encodeTraceId, isKeyspaceError } from "../../src/index.ts";
import {
  decodeLooseTraceId,
  encodeLooseTraceId,
  isExactLooseTraceId,
} from "../../src/gold/index.ts";

const malformed: unknown = expect.toSatisfy((error) => isKeyspaceError(error, "malformed"));

describe("Gold's dialect", () => {
  it.each([
    [
      57,
      { cpu: "x86", gpu: "nVidia", name: "test_alpha", source_type: "dm" },
      ",cpu=x86,gpu=nVidia,name=test_alpha,source_type=dm,",
    ],
    [
      58,
      { "c=p,u": '"x86"', gpu: "nVi,,=dia", name: "test=alpha", source_type: "dm!" },
      ',c_p%2Cu="x86",gpu=nVi%2C%2C_dia,name=test_alpha,source_type=dm!,',
    ],
    [
      59,
      {
        "color mode": "GREY",
        device: "iPad6,3",
        name: "triangle",
        os: "iOS",
        source_type: "corners",
      },
      ",color mode=GREY,device=iPad6%2C3,name=triangle,os=iOS,source_type=corners,",
    ],
    [60, {}, "invalid_trace_id"],
    [79, { ext: "png", resolution: "1000px" }, ",ext=png,resolution=1000px,"],
  ])("vector %d: %j is %s", (_, params, id) => {
    expect(encodeLooseTraceId(params)).toBe(id);
  });

  it("vectors 59 and 60: come back", () => {
    const id = ",color mode=GREY,device=iPad6%2C3,name=triangle,os=iOS,source_type=corners,";
    expect(encodeLooseTraceId(decodeLooseTraceId(id))).toBe(id);
    expect(decodeLooseTraceId("invalid_trace_id")).toEqual({});
  });

  it("vector 61, fault 8: what Gold's dialect loses comes back from ids of ours", () => {
    expect(decodeLooseTraceId(encodeLooseTraceId({ a: "x%2Cy" }))).toEqual({ a: "x,y" });
    expect(encodeLooseTraceId({ "a=b": "1" })).toBe(encodeLooseTraceId({ a_b: "1" }));

    expect(decodeTraceId(encodeTraceId({ a: "x%2Cy" }))).toEqual({ a: "x%2Cy" });
    expect(encodeTraceId({ "a=b": "1" })).not.toBe(encodeTraceId({ a_b: "1" }));
  });

  it.each([
    [68, ",config=565,arch=x86,", { arch: "x86", config: "565" }],
    [68, ",foo=,bar=,", { foo: "", bar: "" }],
    [68, ",a=b=c,", { a: "b=c" }],
    [68, ",a=1,a=2,", { a: "2" }],
    [68, "junk,a=1,junk", { a: "1" }],
    [69, "x/y", {}],
    [69, "", {}],
    [69, "foo=bar", {}],
    [69, ",foo=bar", {}],
    [80, ",should=be overwritten,", { should: "be overwritten" }],
  ])("vector %d: %j reads as %j", (_, id, params) => {
    expect(decodeLooseTraceId(id)).toEqual(params);
  });

  it.each([",,", ",foo,"])("vector 69: %j is refused", (id) => {
    expect(() => decodeLooseTraceId(id)).toThrow(malformed);
  });

  it("tells which params come back", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "=", ",", "%", "2", "C", ":", "é") });
    fc.assert(
      fc.property(fc.dictionary(text, text, { maxKeys: 2 }), (params) => {
        const back = new Map(Object.entries(decodeLooseTraceId(encodeLooseTraceId(params))));
        const there = Object.entries(params);
        const same = there.every(([key, value]) => back.get(key) === value);
        expect(isExactLooseTraceId(params)).toBe(
          same && there.length > 0 && back.size === there.length,
        );
      }),
    );
  });

  it("refuses a lone surrogate", () => {
    expect(isExactLooseTraceId({ a: "\ud800" })).toBe(false);
    expect(() => encodeLooseTraceId({ a: "\ud800" })).toThrow(
      expect.toSatisfy((error) => isKeyspaceError(error, "invalid-argument")),
    );
  });
});
