import type { DocumentValue } from "@foretile/codecs/msgpack";
import { DocumentReader } from "../document/document-reader.ts";
import { ELEMENT_TYPES, isNumericType, type NumericType } from "../value/element-type.ts";
import { product, type NdArray } from "../value/nd-array.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { MAX_BLOCK_ROWS, rowsFitting, type Layout, type StoredForm } from "./stored-form.ts";

/** What an array's schema document says. */
export interface ArraySchema {
  readonly type: NumericType;
  /** Lengths of the axes after the rows. */
  readonly axes: readonly number[];
  /** The declared grid, rows first. */
  readonly grid: readonly number[] | undefined;
}

/** A lane of an array: a box over the axes after the rows. */
export interface Tile {
  readonly from: readonly number[];
  readonly shape: readonly number[];
}

/** A stored form, read and checked. */
export interface ArrayForm {
  readonly schema: ArraySchema;
  /** One per lane; together they cover every axis without overlap. */
  readonly tiles: readonly Tile[];
}

/** Most lanes of an array: every block has a segment for each. */
const MAX_TILES = 65_536;

export function writeArraySchema({ type, axes, grid }: ArraySchema): DocumentValue {
  return { type, shape: axes, grid: grid ?? null };
}

export function arraySchemaOf({ type, shape, grid }: NdArray): ArraySchema {
  return { type, axes: shape.slice(1), grid };
}

/** @throws {VersionStoreError} `data-integrity` */
export function readArraySchema(document: DocumentValue): ArraySchema {
  const reader = new DocumentReader(document, "array schema");
  const type = reader.text("type");
  const axes = lengthsOf(reader.list("shape"), 1);
  const grid = reader.optional("grid", () => lengthsOf(reader.list("grid"), 1));
  if (!isNumericType(type)) return malformed(`unknown type type=${type}`);
  if (grid && grid.length !== axes.length + 1) return malformed("grid has another number of axes");
  if (!Number.isSafeInteger(product(axes))) return malformed("shape is too large");
  return { type, axes, grid };
}

/** @throws {VersionStoreError} `data-integrity` */
export function readTile(document: DocumentValue): Tile {
  const reader = new DocumentReader(document, "array lane");
  return { from: lengthsOf(reader.list("from"), 0), shape: lengthsOf(reader.list("shape"), 1) };
}

/**
 * Reads schema and lanes together: the lanes must be the grid that the first one's shape gives.
 *
 * @throws {VersionStoreError} `data-integrity`
 */
export function readArrayForm(form: StoredForm): ArrayForm {
  const schema = readArraySchema(form.schema);
  const tiles = form.lanes.map(readTile);
  const [first] = tiles;
  if (first === undefined || first.shape.length !== schema.axes.length) {
    return malformed("lanes have other axes than the shape");
  }
  const expected = tileCount(schema.axes, first.shape) === tiles.length;
  if (!expected || JSON.stringify(tiles) !== JSON.stringify(tilesOf(schema.axes, first.shape))) {
    return malformed("lanes do not cover the shape");
  }
  return { schema, tiles };
}

/** Cuts by the declared grid, or so that one tile of one row is not larger than the target. */
export function arrayLayout({ type, shape, grid }: NdArray, targetBytes: number): Layout {
  const axes = shape.slice(1);
  const width = ELEMENT_TYPES[type].bytes;
  const tile = (grid?.slice(1) ?? defaultTile(axes, Math.max(1, targetBytes / width))).map(
    (length, axis) => Math.min(length, axes[axis] as number),
  );
  const count = tileCount(axes, tile);
  if (count > MAX_TILES) {
    throw new VersionStoreError(
      "invalid-argument",
      `grid cuts a row into too many tiles limit=${MAX_TILES} found=${count}`,
    );
  }
  const fitting = rowsFitting(targetBytes, product(tile) * width);
  return {
    rowsPerBlock: Math.min(grid?.[0] ?? fitting, MAX_BLOCK_ROWS),
    lanes: tilesOf(axes, tile).map(({ from, shape: lengths }) => ({ from, shape: lengths })),
  };
}

/** Cuts the first axes, so that what is together in a tile is together in a row. */
function defaultTile(axes: readonly number[], targetElements: number): number[] {
  return axes.map((length, axis) => {
    const inner = product(axes.slice(axis + 1));
    return Math.min(length, Math.max(1, Math.floor(targetElements / inner)));
  });
}

function tileCount(axes: readonly number[], tile: readonly number[]): number {
  return product(axes.map((length, axis) => Math.ceil(length / (tile[axis] as number))));
}

/** The tiles of a regular grid in C order; those at the ends are smaller. One empty tile for no axes. */
function tilesOf(axes: readonly number[], tile: readonly number[]): Tile[] {
  let tiles: Tile[] = [{ from: [], shape: [] }];
  for (const [axis, length] of axes.entries()) {
    const step = tile[axis] as number;
    tiles = tiles.flatMap(({ from, shape }) =>
      Array.from({ length: Math.ceil(length / step) }, (_, position) => ({
        from: [...from, position * step],
        shape: [...shape, Math.min(step, length - position * step)],
      })),
    );
  }
  return tiles;
}

function lengthsOf(values: readonly DocumentValue[], least: 0 | 1): number[] {
  return values.map((value) => {
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
    return malformed(`a length is no integer of at least ${least}`);
  });
}

function malformed(what: string): never {
  throw new VersionStoreError("data-integrity", `stored form of an array is malformed: ${what}`);
}
