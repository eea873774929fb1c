import { describe, expect, it } from "vitest";

import {
  fixedWidth,
  isKeyspaceError,
  tileKey,
  tilePlace,
  tileSpans,
  tileStart,
} from "../../src/index.ts";
import { goldColumn } from "../../src/gold/index.ts";

function place(position: number): readonly [key: number, offset: number] {
  const { tile, offset } = tilePlace(position, 256);
  return [tileKey(tile), offset];
}

describe("keys of tiles", () => {
  it.each([
    [1, 0, 2_147_483_647],
    [2, 196, 2_147_483_451],
    [3, 1_238_947_312, 908_536_335],
    [4, 2_147_483_647, 0],
  ])("vector %d: tile %d has key %d", (_, tile, key) => {
    expect(tileKey(tile)).toBe(key);
  });

  it("vector 4: key 0 is printed with ten digits", () => {
    expect(fixedWidth(tileKey(2_147_483_647), 10)).toBe("0000000000");
  });

  it("vector 5: tile -1 is refused, where Gold has the key -1", () => {
    expect(() => tileKey(-1)).toThrow(
      expect.toSatisfy((error) => isKeyspaceError(error, "invalid-argument")),
    );
  });
});

describe("places of positions", () => {
  it.each([
    [6, 0, 2_147_483_647, 0],
    [7, 10, 2_147_483_647, 10],
    [8, 300, 2_147_483_646, 44],
    [9, 123_456, 2_147_483_165, 64],
    [10, 255, 2_147_483_647, 255],
    [10, 256, 2_147_483_646, 0],
    [10, 257, 2_147_483_646, 1],
    [11, 511, 2_147_483_646, 255],
    [11, 512, 2_147_483_645, 0],
    [12, 999, 2_147_483_644, 231],
    [12, 1000, 2_147_483_644, 232],
    [13, 4001, 2_147_483_632, 161],
    [14, 2_147_483_647, 2_139_095_040, 255],
  ])("vector %d: position %d is at key %d, offset %d", (_, position, key, offset) => {
    expect(place(position)).toEqual([key, offset]);
  });

  it.each([
    [0, "000"],
    [44, "044"],
    [255, "255"],
  ])("vector 15: offset %d is column %s", (offset, column) => {
    expect(goldColumn(offset)).toBe(column);
  });

  it("vector 16: from offset 44 of tile 1 to offset 3 of tile 2 are 2 tiles, 216 positions", () => {
    const from = tileStart(1, 256) + 44;
    const to = tileStart(2, 256) + 3 + 1;
    expect(tileSpans(from, to, 256).tiles).toBe(2);
    expect(to - from).toBe(216);
  });

  it.each([
    [2, 0],
    [202, 200],
    [200, 200],
  ])("vector 17: of tiles of 100, that of position %d begins at %d", (position, start) => {
    expect(tileStart(tilePlace(position, 100).tile, 100)).toBe(start);
  });
});
