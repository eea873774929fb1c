import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ReadRowsResponse } from "../src/connection.ts";
import { createRowAssembler, type ReceivedRow } from "../src/row-assembler.ts";

type Chunk = ReadRowsResponse["chunks"][number];

const bytes = (text: string): Buffer => Buffer.from(text, "latin1");

/** A chunk as the client decodes one: what the service left out has its default. */
function chunk(parts: Partial<Chunk>): Chunk {
  return {
    rowKey: Buffer.alloc(0),
    familyName: null,
    qualifier: null,
    timestampMicros: "0",
    labels: [],
    value: Buffer.alloc(0),
    valueSize: 0,
    ...parts,
  };
}

function assemble(messages: readonly (readonly Chunk[])[]): readonly string[] {
  const assembler = createRowAssembler();
  const rows = messages.flatMap((chunks) =>
    assembler.add({ chunks: [...chunks] } as unknown as ReadRowsResponse),
  );
  assembler.end();
  return rows.map(show);
}

function show({ key, cells }: ReceivedRow): string {
  const texts = cells.map(
    ({ family, qualifier, timestampMicros, value }) =>
      `${family}:${qualifier}@${timestampMicros}=${Buffer.from(value).toString("latin1")}`,
  );
  return [key, ...texts].join(" ");
}

const first = {
  rowKey: bytes("a"),
  familyName: { value: "f" },
  qualifier: { value: bytes("q") },
};

describe("rows from chunks", () => {
  test("a chunk names only what differs from the one before", () => {
    expect(
      assemble([
        [
          chunk({ ...first, timestampMicros: "2000", value: bytes("1") }),
          chunk({ timestampMicros: "1000", value: bytes("2") }),
          chunk({ qualifier: { value: bytes("") }, value: bytes("3") }),
        ],
        [
          chunk({
            familyName: { value: "g" },
            qualifier: { value: bytes("q") },
            value: bytes("4"),
            commitRow: true,
          }),
        ],
      ]),
    ).toEqual(["a f:q@2000=1 f:q@1000=2 f:@0=3 g:q@0=4"]);
  });

  test("a row that was taken back begins anew", () => {
    expect(
      assemble([
        [chunk({ ...first, value: bytes("stale"), valueSize: 9 })],
        [chunk({ resetRow: true })],
        [chunk({ ...first, value: bytes("fresh"), commitRow: true })],
      ]),
    ).toEqual(["a f:q@0=fresh"]);
  });

  test.each([
    ["ends inside a row", [chunk({ ...first, value: bytes("1") })]],
    ["ends inside a cell", [chunk({ ...first, value: bytes("1"), valueSize: 2 })]],
    [
      "gives a row twice",
      [chunk({ ...first, commitRow: true }), chunk({ ...first, commitRow: true })],
    ],
    ["mixes two rows", [chunk(first), chunk({ ...first, rowKey: bytes("b"), commitRow: true })]],
    ["names no family", [chunk({ rowKey: bytes("a"), commitRow: true })]],
  ])("a stream that %s is a failure that may be repeated", (_, chunks) => {
    expect(() => assemble([chunks])).toThrow(
      expect.objectContaining({ code: "unavailable", retry: "safe" }),
    );
  });

  test("property: values cut anywhere, over any messages, come out whole", () => {
    const cell = fc.record({ name: fc.constantFrom("", "p", "q"), cuts: fc.array(fc.string()) });
    const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 4 });
    const messageSize = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(rows, messageSize, (wanted, size) => {
        const chunks = wanted.flatMap((cells, index) => rowChunks(keyOf(index), cells));
        const messages: Chunk[][] = [];
        for (let at = 0; at < chunks.length; at += size) messages.push(chunks.slice(at, at + size));
        expect(assemble(messages)).toEqual(
          wanted.map((cells, index) =>
            [keyOf(index), ...cells.map(({ name, cuts }) => `f:${name}@0=${latin(cuts)}`)].join(
              " ",
            ),
          ),
        );
      }),
    );
  });
});

const keyOf = (index: number): string => `row${index}`;
const latin = (cuts: readonly string[]): string => bytes(cuts.join("")).toString("latin1");

interface CutCell {
  readonly name: string;
  readonly cuts: readonly string[];
}

function rowChunks(key: string, cells: readonly CutCell[]): readonly Chunk[] {
  return cells.flatMap(({ name, cuts }, index) => {
    const size = bytes(cuts.join("")).length;
    // A cell that is cut tells its size in every chunk but the last.
    const parts = cuts.length < 2 || size === 0 ? [cuts.join("")] : cuts;
    return parts.map((part, position) =>
      chunk({
        ...(position > 0
          ? {}
          : {
              ...(index === 0 ? { rowKey: bytes(key), familyName: { value: "f" } } : {}),
              qualifier: { value: bytes(name) },
            }),
        value: bytes(part),
        valueSize: position === parts.length - 1 ? 0 : size,
        commitRow: index === cells.length - 1 && position === parts.length - 1,
      }),
    );
  });
}
