import { encodeCanonical, type DocumentValue } from "@foretile/codecs/msgpack";
import { DocumentReader, toHex, type Manifest, type SegmentEntry } from "@foretile/version-store";
import { MAX_TABLE_ROWS, MAX_TILE_SIZE } from "../limits.ts";
import { lanesOf } from "../run/lanes.ts";
import { rowGroups, type RunRecord } from "../run/run-record.ts";
import { CONTENT_ID_BYTES } from "../segment/content-id.ts";
import type { TraceSetConfig } from "../trace-store.ts";
import { TraceStoreError } from "../trace-store-error.ts";
import { bytesPerValue } from "../values/point-values.ts";

/** Who understands the manifest's body. */
export const TRACE_TILE_HANDLER = "trace-tile";

const FORMAT = 1;

/** What one version of a tile consists of. */
export interface TileContent {
  readonly tile: number;
  /** `undefined` for one that is about to be made. */
  readonly version?: number | undefined;
  /** Oldest first: what a later one says of a point hides what earlier ones say. */
  readonly runs: readonly RunRecord[];
}

export function encodeTileManifest(config: TraceSetConfig, content: TileContent): Manifest {
  const segments: SegmentEntry[] = [];
  const tables = new Map<string, number>();
  const runs = content.runs.map((run): DocumentValue => {
    let table = tables.get(run.tableId);
    if (table === undefined) {
      table = segments.push(run.table) - 1;
      tables.set(run.tableId, table);
    }
    const facts = segments.push(run.facts) - 1;
    segments.push(...run.blocks);
    return {
      id: fromHex(run.id),
      table_id: fromHex(run.tableId),
      table,
      first_segment: facts,
      rows: run.rows,
      rows_per_block: run.rowsPerBlock,
      offsets: toBitmap(run.offsets, config.tileSize),
      recorded: toBitmap(run.recorded, config.tileSize),
      points: run.points,
      deleted: run.deleted,
    };
  });
  const { tile } = content;
  const { valueType, tileSize, set } = config;
  const body = { format: FORMAT, set, tile, tile_size: tileSize, value_type: valueType, runs };
  return { handler: TRACE_TILE_HANDLER, body, segments };
}

/**
 * @throws {TraceStoreError} `tile-damaged`, `format-too-new`, `tile-size-mismatch`, `value-type-mismatch`
 * @throws {VersionStoreError} `data-integrity` for a field of the wrong type
 */
export function decodeTileManifest(
  config: TraceSetConfig,
  tile: number,
  manifest: Manifest,
): TileContent {
  if (manifest.handler !== TRACE_TILE_HANDLER) {
    throw damaged(`it is something else handler=${manifest.handler}`);
  }
  const body = new DocumentReader(manifest.body, "tile manifest");
  const format = body.integer("format", 1);
  if (format > FORMAT) {
    throw new TraceStoreError(
      "format-too-new",
      `tile was written by a newer release; upgrade @foretile/trace-store format=${format}`,
    );
  }
  checkBelongs(config, tile, body);
  const { segments } = manifest;
  return { tile, runs: body.records("runs", (reader) => decodeRun(reader, config, segments)) };
}

/**
 * Bytes that are equal when two versions consist of the same runs, whatever codecs and keys hold them. Versions that
 * only differ in how their runs were merged read the same and have different ones.
 */
export function tileIdentity(config: TraceSetConfig, content: TileContent): Uint8Array {
  return encodeCanonical({
    kind: "foretile trace tile 1",
    set: config.set,
    tile: content.tile,
    tile_size: config.tileSize,
    value_type: config.valueType,
    runs: content.runs.map(({ id }) => fromHex(id)),
  });
}

/** Bytes of all points in memory. */
export function rawTileBytes(config: TraceSetConfig, { runs }: TileContent): number {
  return runs.reduce((sum, { points }) => sum + points, 0) * bytesPerValue(config.valueType);
}

function decodeRun(
  reader: DocumentReader,
  { tileSize }: TraceSetConfig,
  segments: readonly SegmentEntry[],
): RunRecord {
  const rows = reader.integer("rows", 1);
  const rowsPerBlock = reader.integer("rows_per_block", 1);
  const offsets = fromBitmap(reader.bytes("offsets"), tileSize);
  const first = reader.integer("first_segment");
  const table = segments[reader.integer("table")];
  const facts = segments[first];
  const blockCount = rowGroups({ rows, rowsPerBlock }) * lanesOf(offsets).length;
  const blocks = segments.slice(first + 1, first + 1 + blockCount);
  if (
    table === undefined ||
    facts === undefined ||
    blocks.length !== blockCount ||
    blockCount === 0 ||
    rowsPerBlock > rows ||
    rows > MAX_TABLE_ROWS
  ) {
    throw damaged("a run names segments that are not there");
  }
  return {
    id: toHex(reader.bytes("id", CONTENT_ID_BYTES)),
    tableId: toHex(reader.bytes("table_id", CONTENT_ID_BYTES)),
    table,
    facts,
    blocks,
    rows,
    rowsPerBlock,
    offsets,
    recorded: fromBitmap(reader.bytes("recorded"), tileSize),
    points: reader.integer("points"),
    deleted: reader.integer("deleted"),
  };
}

function checkBelongs(config: TraceSetConfig, tile: number, body: DocumentReader): void {
  const tileSize = body.integer("tile_size", 1);
  if (tileSize !== config.tileSize || tileSize > MAX_TILE_SIZE) {
    throw new TraceStoreError(
      "tile-size-mismatch",
      `tile was written with another tile size set=${config.set} tile=${tile} ` +
        `wanted=${config.tileSize} found=${tileSize}`,
    );
  }
  const valueType = body.text("value_type");
  if (valueType !== config.valueType) {
    throw new TraceStoreError(
      "value-type-mismatch",
      `tile holds values of another type set=${config.set} tile=${tile} ` +
        `wanted=${config.valueType} found=${valueType}`,
    );
  }
  // The set's name is not compared: a tile that was copied under another name is still that tile.
  if (body.integer("tile") !== tile) throw damaged("it is another tile");
}

function toBitmap(offsets: readonly number[], tileSize: number): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(tileSize / 8));
  for (const offset of offsets) {
    bitmap[offset >>> 3] = (bitmap[offset >>> 3] as number) | (1 << (offset & 7));
  }
  return bitmap;
}

function fromBitmap(bitmap: Uint8Array, tileSize: number): number[] {
  const offsets: number[] = [];
  for (let offset = 0; offset < 8 * bitmap.length; offset += 1) {
    if ((((bitmap[offset >>> 3] as number) >>> (offset & 7)) & 1) === 1) offsets.push(offset);
  }
  if (bitmap.length !== Math.ceil(tileSize / 8) || (offsets.at(-1) ?? 0) >= tileSize) {
    throw damaged("a list of positions is not as long as a tile");
  }
  return offsets;
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, index) =>
    Number.parseInt(text.slice(2 * index, 2 * index + 2), 16),
  );
}

function damaged(what: string): TraceStoreError {
  return new TraceStoreError("tile-damaged", `manifest of a tile cannot be read, ${what}`);
}
