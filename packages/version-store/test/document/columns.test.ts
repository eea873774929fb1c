import * as fc from "fast-check";
import type { DocumentValue } from "@foretile/codecs/msgpack";
import { describe, expect, test } from "vitest";
import { ColumnReader, joinFixedBytes } from "../../src/document/columns.ts";
import { DocumentReader } from "../../src/document/document-reader.ts";
import { isVersionStoreError } from "../../src/index.ts";
import { decodeSegments, encodeSegments } from "../../src/manifest/segment-columns.ts";
import { decodeVersionEntries, encodeVersionEntries } from "../../src/version/version-entry.ts";
import { versionEntries } from "../head/version-entries.ts";
import { segmentEntries } from "../manifest/segment-entries.ts";

function columns(fields: { readonly [name: string]: DocumentValue }, length: number): ColumnReader {
  return new ColumnReader(new DocumentReader(fields, "test"), "test", length);
}

describe("columns", () => {
  test("are read as they were written", () => {
    const reader = columns(
      {
        integers: [0, 5],
        some: [null, 7],
        texts: ["a", ""],
        words: ["x", null],
        keys: ["k/1", "k/2"],
        values: [{ a: 1 }, null],
        bytes: joinFixedBytes([Uint8Array.of(1, 2), Uint8Array.of(3, 4)], 2),
      },
      2,
    );
    expect(reader.integers("integers")).toEqual([0, 5]);
    expect(reader.optionalIntegers("some")).toEqual([undefined, 7]);
    expect(reader.texts("texts")).toEqual(["a", ""]);
    expect(reader.optionalTexts("words")).toEqual(["x", undefined]);
    expect(reader.keys("keys")).toEqual(["k/1", "k/2"]);
    expect(reader.values("values")).toEqual([{ a: 1 }, null]);
    expect(reader.fixedBytes("bytes", 2)).toEqual([Uint8Array.of(1, 2), Uint8Array.of(3, 4)]);
  });

  const wrong: readonly [string, DocumentValue, (reader: ColumnReader) => unknown][] = [
    ["a short list", [1], (r) => r.integers("c")],
    ["a long list", [1, 2, 3], (r) => r.integers("c")],
    ["something else behind it", [1, 2, "3"], (r) => r.integers("c")],
    ["no list", 5, (r) => r.integers("c")],
    ["a fraction", [1, 0.5], (r) => r.integers("c")],
    ["a number below the least", [1, 0], (r) => r.integers("c", 1)],
    ["a bigint", [1, 2n ** 60n], (r) => r.integers("c")],
    ["none where a number is wanted", [1, null], (r) => r.integers("c")],
    ["text where numbers are wanted", ["1", "2"], (r) => r.optionalIntegers("c")],
    ["numbers where text is wanted", [1, 2], (r) => r.texts("c")],
    ["bytes where text is wanted", [new Uint8Array(1), null], (r) => r.optionalTexts("c")],
    ["text that is no key", ["a", "b c"], (r) => r.keys("c")],
    ["a key that is too long", ["a", "k".repeat(401)], (r) => r.keys("c")],
    ["a list of values that is too short", [null], (r) => r.values("c")],
    ["too few bytes", new Uint8Array(3), (r) => r.fixedBytes("c", 2)],
    ["too many bytes", new Uint8Array(5), (r) => r.fixedBytes("c", 2)],
  ];

  test.each(wrong)("with %s are refused", (_, value, read) => {
    expect(() => read(columns({ c: value }, 2))).toThrow(
      expect.objectContaining({ code: "data-integrity" }) as Error,
    );
  });

  test("that are missing are refused", () => {
    expect(() => columns({}, 0).integers("c")).toThrow(
      expect.objectContaining({ code: "data-integrity" }) as Error,
    );
  });
});

/** A change of one field: gone, another type, a list of another length, or one other item. */
const changes = fc.oneof(
  fc.constant((): DocumentValue | undefined => undefined),
  fc
    .constantFrom<DocumentValue>(null, -1, 0.5, "", "a b", true, new Uint8Array(7), [], {}, [null])
    .map((value) => (): DocumentValue | undefined => value),
  fc
    .tuple(fc.nat(), fc.constantFrom<DocumentValue>(null, -1, 0.5, "a b", true, 2n ** 60n))
    .map(([position, item]) => (value: DocumentValue): DocumentValue | undefined => {
      if (!Array.isArray(value)) return value;
      const list = [...(value as readonly DocumentValue[])];
      list[position % (list.length + 1)] = item;
      return list;
    }),
);

describe.each([
  {
    what: "version entries",
    encoded: encodeVersionEntries(versionEntries(3)),
    decode: (reader: DocumentReader): readonly unknown[] => decodeVersionEntries(reader, "test"),
    encode: (decoded: never): DocumentValue => encodeVersionEntries(decoded),
  },
  {
    what: "segment entries",
    encoded: encodeSegments(segmentEntries(3, { facts: { rows: 5 } })),
    decode: (reader: DocumentReader): readonly unknown[] => decodeSegments(reader, "test"),
    encode: (decoded: never): DocumentValue => encodeSegments(decoded),
  },
])("columns of $what", ({ encoded, decode, encode }) => {
  const fields = encoded as { readonly [name: string]: DocumentValue };

  /** What is decoded, encoded and decoded once more; `undefined` when it is refused as it should be. */
  function decodeAgain(changed: DocumentValue): readonly unknown[] | undefined {
    let decoded: readonly unknown[];
    try {
      decoded = decode(new DocumentReader(changed, "test"));
    } catch (error) {
      if (isVersionStoreError(error, "data-integrity")) return undefined;
      throw error;
    }
    return decode(new DocumentReader(encode(decoded as never), "test"));
  }

  test("with any change of a field are refused, or say something else that is sound", () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(fields)), changes, (name, change) => {
        const value = change(fields[name] ?? null);
        const { [name]: _, ...others } = fields;
        const changed = value === undefined ? others : { ...others, [name]: value };
        const again = decodeAgain(changed);
        expect(again === undefined || again.length === 3).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("without any one field are refused", () => {
    for (const name of Object.keys(fields)) {
      const { [name]: _, ...others } = fields;
      expect(() => decode(new DocumentReader(others, "test"))).toThrow(
        expect.objectContaining({ code: "data-integrity" }) as Error,
      );
    }
  });
});

test("version numbers that do not increase, and unknown operations, are refused", () => {
  const encoded = encodeVersionEntries(versionEntries(3)) as Record<string, DocumentValue>;
  for (const changed of [
    { ...encoded, versions: [1, 3, 3] },
    { ...encoded, versions: [3, 2, 4] },
    { ...encoded, versions: [0, 1, 2] },
    { ...encoded, operations: ["write", "copy", "write"] },
  ]) {
    expect(() => decodeVersionEntries(new DocumentReader(changed, "test"), "test")).toThrow(
      expect.objectContaining({ code: "data-integrity" }) as Error,
    );
  }
});
