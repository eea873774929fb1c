import type { CallOptions } from "@foretile/storage";
import { isVersionStoreError, type Library } from "@foretile/version-store";
import type { TraceQuery } from "./query/trace-query.ts";
import { densePositions, recordedOffsets } from "./read/dense-positions.ts";
import { count, paramSet, traceOptions, traces } from "./read/known-traces.ts";
import { latest } from "./read/latest.ts";
import { checkMatrixSize, MatrixBuilder, MAX_MATRIX_BYTES } from "./read/matrix-builder.ts";
import { blocksOf, readBlocks } from "./read/read-blocks.ts";
import type {
  NewestOptions,
  PositionRange,
  ReadBlocksOptions,
  ReadMatrixOptions,
  ReadOptions,
  ReadTileOptions,
  SetAsOf,
} from "./read/read-options.ts";
import { same } from "./read/same.ts";
import { checkSelection } from "./read/select-rows.ts";
import { selectInTile, unlessDamaged } from "./read/selected-tiles.ts";
import type {
  LatestPoints,
  SameValue,
  TileSummary,
  Trace,
  TraceBlock,
  TraceMatrix,
  TraceOptions,
} from "./read/trace-block.ts";
import { wantedTiles } from "./read/wanted-tiles.ts";
import type { StoreContext } from "./store-context.ts";
import { checkPosition, checkRange, checkTile, placeOf } from "./tile/positions.ts";
import { tileSymbol } from "./tile/tile-symbol.ts";
import { openTile, resolveTile } from "./tile/tile-version.ts";
import type {
  AppendColumnsResult,
  AppendResult,
  ChangeOptions,
  TileChange,
  TraceColumns,
  TraceEntry,
} from "./trace-entry.ts";
import type { TraceSetConfig, TraceStore } from "./trace-store.ts";
import { TraceStoreError } from "./trace-store-error.ts";
import { appendRun } from "./write/append-run.ts";
import { draftOfDeletions } from "./write/delete-points.ts";
import { deleteTraces } from "./write/delete-traces.ts";
import { draftOfColumns } from "./write/draft-of-columns.ts";
import { draftOfEntries } from "./write/draft-of-entries.ts";
import { mergeRuns } from "./write/merge-runs.ts";

/** The facade over all rooms. What its calls do is said in {@link TraceStore}. */
export class NativeTraceStore implements TraceStore {
  readonly #context: StoreContext;

  /** Made by `openTraceStore`. */
  constructor(context: StoreContext) {
    this.#context = context;
  }

  get config(): TraceSetConfig {
    return this.#context.config;
  }

  get library(): Library {
    return this.#context.library;
  }

  async append(
    position: number,
    entries: Iterable<TraceEntry>,
    options: ChangeOptions = {},
  ): Promise<AppendResult> {
    const { valueType, tileSize } = this.config;
    checkPosition(position, tileSize);
    const { tile, offset } = placeOf(position, tileSize);
    const { draft, stored, results } = draftOfEntries(valueType, offset, entries);
    const told = { position, stored, results };
    if (draft === undefined) return { ...told, tile, version: undefined, changed: false };
    return { ...told, ...(await appendRun(this.#context, tile, draft, options)) };
  }

  async appendColumns(
    columns: TraceColumns,
    options: ChangeOptions = {},
  ): Promise<AppendColumnsResult> {
    const { valueType, tileSize } = this.config;
    const { tile, draft, stored } = draftOfColumns(valueType, tileSize, columns);
    if (draft === undefined) return { stored, tile, version: undefined, changed: false };
    return { stored, ...(await appendRun(this.#context, tile, draft, options)) };
  }

  async readTile(tile: number, options: ReadTileOptions = {}): Promise<TraceBlock | undefined> {
    checkTile(tile);
    const { tileSize, valueType } = this.config;
    const { maxBytes = MAX_MATRIX_BYTES, signal } = options;
    const selection = checkSelection(options);
    const ref = await resolveTile(this.#context, tile, options);
    if (ref === undefined) return undefined;
    const selected = await selectInTile(this.#context, ref, selection, { signal });
    checkMatrixSize(valueType, selected.rows.length, tileSize, maxBytes);
    const range = { from: tile * tileSize, to: (tile + 1) * tileSize };
    const blocks = blocksOf(this.#context, selected, range, {
      signal,
      blockBytes: Number.MAX_SAFE_INTEGER,
    });
    for await (const block of blocks) return block;
    return undefined;
  }

  async *readRange(
    from: number,
    to: number,
    options: ReadBlocksOptions = {},
  ): AsyncGenerator<TraceBlock, void, undefined> {
    yield* readBlocks(this.#context, { from, to }, options);
  }

  async *query(
    where: TraceQuery,
    options: ReadBlocksOptions & Partial<PositionRange> = {},
  ): AsyncGenerator<TraceBlock, void, undefined> {
    yield* readBlocks(this.#context, options, { ...options, where });
  }

  async readMatrix(
    from: number,
    to: number,
    options: ReadMatrixOptions = {},
  ): Promise<TraceMatrix> {
    const { valueType, tileSize } = this.config;
    const range = checkRange({ from, to }, tileSize);
    const { maxBytes = MAX_MATRIX_BYTES } = options;
    checkMatrixSize(valueType, 1, range.to - range.from, maxBytes);
    const positions = Array.from({ length: range.to - range.from }, (_, index) => from + index);
    return this.#collect(positions, range, options);
  }

  densePositions(positions: number, options: ReadOptions = {}): Promise<readonly number[]> {
    return densePositions(this.#context, positions, options);
  }

  async readDense(positions: number, options: ReadMatrixOptions = {}): Promise<TraceMatrix> {
    const found = await densePositions(this.#context, positions, options);
    const range = { from: found[0] ?? 0, to: (found.at(-1) ?? -1) + 1 };
    return this.#collect(found, range, options);
  }

  latest(options: NewestOptions = {}): Promise<LatestPoints> {
    return latest(this.#context, options);
  }

  traces(options: ReadOptions & Partial<PositionRange> = {}): Promise<readonly Trace[]> {
    return traces(this.#context, options);
  }

  paramSet(
    options: ReadOptions & Partial<PositionRange> = {},
  ): Promise<Readonly<Record<string, readonly string[]>>> {
    return paramSet(this.#context, options);
  }

  count(options: ReadOptions & Partial<PositionRange> = {}): Promise<number> {
    return count(this.#context, options);
  }

  options(options: NewestOptions = {}): Promise<readonly TraceOptions[]> {
    return traceOptions(this.#context, options);
  }

  same(position: number, options: ReadOptions = {}): Promise<readonly SameValue[]> {
    return same(this.#context, position, options);
  }

  async deletePoints(
    position: number,
    ids: Iterable<string>,
    options: ChangeOptions = {},
  ): Promise<TileChange> {
    const { valueType, tileSize } = this.config;
    checkPosition(position, tileSize);
    const { tile, offset } = placeOf(position, tileSize);
    const draft = draftOfDeletions(valueType, offset, ids);
    if (draft === undefined) return { tile, version: undefined, changed: false };
    return appendRun(this.#context, tile, draft, options);
  }

  async deleteTraces(
    where: TraceQuery,
    options: ChangeOptions & Partial<PositionRange> = {},
  ): Promise<readonly TileChange[]> {
    const selection = checkSelection({ where });
    if (selection.query.length === 0) {
      throw new TraceStoreError(
        "invalid-query",
        "deleting traces needs a condition; to delete all of them, delete tiles",
      );
    }
    const range = checkRange(options, this.config.tileSize);
    return deleteTraces(this.#context, range, selection, options);
  }

  async deleteTile(tile: number, options: ChangeOptions = {}): Promise<boolean> {
    checkTile(tile);
    const { signal, user, message } = options;
    try {
      await this.library.delete(tileSymbol(this.config.set, tile), { signal, user, message });
      return true;
    } catch (error) {
      if (isVersionStoreError(error, "no-data-found")) return false;
      throw error;
    }
  }

  async undeleteTile(tile: number, { signal }: CallOptions = {}): Promise<void> {
    checkTile(tile);
    await this.library.undelete(tileSymbol(this.config.set, tile), { signal });
  }

  async deleteTilesBefore(
    position: number,
    options: ChangeOptions = {},
  ): Promise<readonly number[]> {
    const { tileSize } = this.config;
    checkPosition(position, tileSize);
    const range = { from: 0, to: position - (position % tileSize) };
    const deleted: number[] = [];
    const { signal } = options;
    for await (const { tile } of wantedTiles(this.#context, range, { signal, order: "oldest" })) {
      if (await this.deleteTile(tile, options)) deleted.push(tile);
    }
    return deleted;
  }

  async *listTiles(
    options: Pick<ReadOptions, "signal" | "onDamaged"> & {
      readonly asOf?: SetAsOf | undefined;
    } & Partial<PositionRange> = {},
  ): AsyncGenerator<TileSummary, void, undefined> {
    const range = checkRange(options, this.config.tileSize);
    for await (const ref of wantedTiles(this.#context, range, { ...options, order: "newest" })) {
      const summary = await unlessDamaged(options, async () => {
        const version = await openTile(this.#context, ref, options);
        return this.#summary(version, await recordedOffsets(this.#context, version, options));
      });
      if (summary !== undefined) yield summary;
    }
  }

  async compactTile(tile: number, options: CallOptions = {}): Promise<TileChange> {
    checkTile(tile);
    const ref = await resolveTile(this.#context, tile, options);
    if (ref === undefined) return { tile, version: undefined, changed: false };
    const { content, entry } = await openTile(this.#context, ref, options);
    if (content.runs.length < 2) return { tile, version: entry.version, changed: false };
    return mergeRuns(this.#context, tile, content.runs, options);
  }

  #summary(
    { tile, entry, content }: Awaited<ReturnType<typeof openTile>>,
    offsets: readonly number[],
  ): TileSummary {
    const { tileSize } = this.config;
    return {
      tile,
      from: tile * tileSize,
      to: (tile + 1) * tileSize,
      version: entry.version,
      committedAtMs: entry.committedAtMs,
      positions: offsets.map((offset) => tile * tileSize + offset),
      runs: content.runs.length,
      points: content.runs.reduce((sum, { points }) => sum + points, 0),
      storedBytes: entry.storedBytes,
    };
  }

  async #collect(
    positions: readonly number[],
    range: PositionRange,
    options: ReadMatrixOptions,
  ): Promise<TraceMatrix> {
    const builder = new MatrixBuilder(this.config.valueType, positions, options.maxBytes);
    for await (const block of readBlocks(this.#context, range, options)) builder.add(block);
    return builder.finish();
  }
}
