import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  isKeyspaceError,
  MAX_TILE,
  tileKey,
  tileOfKey,
  tilePlace,
  tileSpans,
  tileStart,
} from "../../src/index.ts";

const invalidArgument: unknown = expect.toSatisfy((error) =>
  isKeyspaceError(error, "invalid-argument"),
);
const malformed: unknown = expect.toSatisfy((error) => isKeyspaceError(error, "malformed"));

describe("tilePlace", () => {
  it.each([
    [0, 1, { tile: 0, offset: 0 }],
    [4095, 4096, { tile: 0, offset: 4095 }],
    [4096, 4096, { tile: 1, offset: 0 }],
    // Twice what 32 bits hold.
    [2 ** 32, 256, { tile: 2 ** 24, offset: 0 }],
    [MAX_TILE * 256 + 255, 256, { tile: MAX_TILE, offset: 255 }],
    [Number.MAX_SAFE_INTEGER, 4_194_305, { tile: 2_147_483_136, offset: 511 }],
  ])("has position %d of tiles of %d at %j", (position, tileSize, place) => {
    expect(tilePlace(position, tileSize)).toEqual(place);
  });

  it("is turned round by tileStart", () => {
    const places = fc.record({
      tile: fc.integer({ min: 0, max: MAX_TILE }),
      tileSize: fc.integer({ min: 1, max: 4_000_000 }),
      share: fc.double({ min: 0, max: 0.999, noNaN: true }),
    });
    fc.assert(
      fc.property(places, ({ tile, tileSize, share }) => {
        const offset = Math.floor(share * tileSize);
        expect(tilePlace(tileStart(tile, tileSize) + offset, tileSize)).toEqual({ tile, offset });
      }),
    );
  });

  it.each([
    [-1, 256],
    [-300, 256],
    [1.5, 256],
    [Number.NaN, 256],
    [2 ** 53, 2 ** 40],
    [(MAX_TILE + 1) * 256, 256],
    [0, 0],
    [0, -256],
    [0, 2.5],
  ])("refuses position %d of tiles of %d instead of wrapping", (position, tileSize) => {
    expect(() => tilePlace(position, tileSize)).toThrow(invalidArgument);
  });
});

describe("tileStart", () => {
  it.each([
    [-1, 256],
    [MAX_TILE + 1, 256],
    [0.5, 256],
    [MAX_TILE, 2 ** 23],
    [1, 0],
  ])("refuses tile %d of %d", (tile, tileSize) => {
    expect(() => tileStart(tile, tileSize)).toThrow(invalidArgument);
  });
});

describe("tileKey", () => {
  it("orders the newest first and reads back", () => {
    const tiles = fc.integer({ min: 0, max: MAX_TILE });
    fc.assert(
      fc.property(tiles, tiles, (a, b) => {
        expect(tileKey(a) < tileKey(b)).toBe(a > b);
        expect(tileOfKey(tileKey(a))).toBe(a);
      }),
    );
  });

  it.each([-1, MAX_TILE + 1, 0.5, Number.NaN])("refuses %d", (tile) => {
    expect(() => tileKey(tile)).toThrow(invalidArgument);
    expect(() => tileOfKey(tile)).toThrow(malformed);
  });
});

describe("tileSpans", () => {
  it.each([
    [0, 256, [[0, 0, 256]]],
    [
      255,
      257,
      [
        [0, 255, 256],
        [1, 0, 1],
      ],
    ],
    [
      100,
      800,
      [
        [0, 100, 256],
        [1, 0, 256],
        [2, 0, 256],
        [3, 0, 32],
      ],
    ],
    [7, 7, []],
    [8, 7, []],
    [MAX_TILE * 256 + 255, (MAX_TILE + 1) * 256, [[MAX_TILE, 255, 256]]],
  ])("cuts %d to %d into %j", (from, to, spans) => {
    const cut = tileSpans(from, to, 256);
    expect([...cut].map((span) => [span.tile, span.from, span.to])).toEqual(spans);
    expect(cut.tiles).toBe(spans.length);
  });

  it("covers each position once, in order", () => {
    const ranges = fc.record({
      from: fc.integer({ min: 0, max: 500 }),
      count: fc.integer({ min: 0, max: 200 }),
      tileSize: fc.integer({ min: 1, max: 70 }),
    });
    fc.assert(
      fc.property(ranges, ({ from, count, tileSize }) => {
        const covered = [...tileSpans(from, from + count, tileSize)].flatMap((span) =>
          Array.from(
            { length: span.to - span.from },
            (_, index) => tileStart(span.tile, tileSize) + span.from + index,
          ),
        );
        expect(covered).toEqual(Array.from({ length: count }, (_, index) => from + index));
      }),
    );
  });

  it("does not make what is not asked for", () => {
    const spans = tileSpans(0, (MAX_TILE + 1) * 256, 256);
    expect(spans.tiles).toBe(MAX_TILE + 1);
    expect(spans[Symbol.iterator]().next().value).toEqual({ tile: 0, from: 0, to: 256 });
  });

  it.each([
    [-1, 5, 256],
    [0, -5, 256],
    [0, (MAX_TILE + 1) * 256 + 1, 256],
    [0, 1.5, 256],
    [0, 5, 0],
  ])("refuses %d to %d of tiles of %d at once", (from, to, tileSize) => {
    expect(() => tileSpans(from, to, tileSize)).toThrow(invalidArgument);
  });
});
