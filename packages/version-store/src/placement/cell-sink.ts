import type { CallOptions, CellMutation, Key } from "@foretile/storage";
import { blobKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { SegmentEntry } from "../manifest/manifest.ts";
import { BlobSink } from "./blob-sink.ts";
import { sealCellList } from "./cell-list.ts";
import { nextCellTime } from "./cell-sequence.ts";
import type { CellAddress, CellLocation } from "./segment-location.ts";
import type { NewSegment, SegmentSink, SinkOwner } from "./segment-sink.ts";
import { changeRows, tableOf, withFamilies } from "./tables.ts";
import { UploadQueue } from "./upload-queue.ts";

/** Cells of so many bytes are written together: far below what one call may carry. */
const BATCH_BYTES = 8 * 1024 * 1024;

/** So many batches are written while the next one fills: memory holds one more. */
const BATCHES_UNDER_WAY = 2;

interface NewCell {
  readonly location: CellLocation;
  readonly bytes: Uint8Array;
}

/** Cells that are listed and written together. */
interface Batch {
  readonly ordinal: number;
  readonly cells: NewCell[];
  bytes: number;
}

/** Cells that have one timestamp: no two of them are at one place. */
interface Generation {
  readonly timestampMicros: number;
  readonly taken: Set<string>;
}

/**
 * Writes segments that have a cell address as cells of the store's tables, a batch of rows at a time; the others as
 * blobs. Before a batch is written, a list of its cells is stored: whatever becomes of the transaction, the list tells
 * which cells are its own.
 *
 * All cells of a transaction have one timestamp. Only one that is written a second time at its place gets a later one,
 * so that the entry of the first stays true.
 */
export class CellSink implements SegmentSink {
  readonly #context: LibraryContext;
  readonly #owner: SinkOwner;
  readonly #blobs: BlobSink;
  readonly #uploads = new UploadQueue(BATCHES_UNDER_WAY);
  #generation: Generation | undefined;
  #filling: Batch | undefined;
  #ordinal = 0;
  /** The last segment that waits to be taken: who comes later is taken later. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(context: LibraryContext, owner: SinkOwner) {
    this.#context = context;
    this.#owner = owner;
    this.#blobs = new BlobSink(context.blobs, owner);
  }

  put(segment: NewSegment, options?: CallOptions): Promise<SegmentEntry> {
    const { cell, bytes } = segment;
    if (cell === undefined) return this.#blobs.put(segment, options);
    const { maxCellBytes } = tableOf(this.#context, cell.table).capabilities;
    if (bytes.length > maxCellBytes) return this.#blobs.put(segment, options);
    const taken = this.#turn.then(() => this.#take(segment, cell, options));
    this.#turn = taken.catch(() => undefined);
    return taken;
  }

  start(
    segment: NewSegment,
    options?: CallOptions,
  ): { readonly entry: SegmentEntry; readonly stored: Promise<void> } {
    return this.#blobs.start(segment, options);
  }

  async flush(): Promise<void> {
    await this.#turn;
    this.#seal();
    await Promise.all([this.#uploads.flush(), this.#blobs.flush()]);
  }

  async settle(): Promise<void> {
    await this.#turn;
    await Promise.all([this.#uploads.settle(), this.#blobs.settle()]);
  }

  async #take(
    { bytes, hash, facts }: NewSegment,
    { table, row, family, qualifier }: CellAddress,
    options?: CallOptions,
  ): Promise<SegmentEntry> {
    options?.signal?.throwIfAborted();
    await this.#owner.renewWhenDue();
    const { timestampMicros, taken } = await this.#generationFor(
      placeOf({ table, row, family, qualifier }),
    );
    // A row stays whole: what is written together is read together.
    while (this.#isFull(bytes.length) && !this.#isLastRow(table, row)) {
      await this.#uploads.room(options);
      this.#seal();
    }
    const address = { table, row, family, qualifier };
    const location: CellLocation = { kind: "cell", ...address, timestampMicros };
    taken.add(placeOf(address));
    this.#filling ??= { ordinal: this.#ordinal, cells: [], bytes: 0 };
    this.#filling.cells.push({ location, bytes: bytes.slice() });
    this.#filling.bytes += bytes.length;
    const { transactionId } = this.#owner;
    const { ordinal } = this.#filling;
    return { transactionId, ordinal, length: bytes.length, hash: hash.slice(), facts, location };
  }

  async #generationFor(place: string): Promise<Generation> {
    if (this.#generation === undefined || this.#generation.taken.has(place)) {
      this.#generation = { timestampMicros: await nextCellTime(this.#context), taken: new Set() };
    }
    return this.#generation;
  }

  #isFull(length: number): boolean {
    return this.#filling !== undefined && this.#filling.bytes + length > BATCH_BYTES;
  }

  #isLastRow(table: string, row: Key): boolean {
    const last = this.#filling?.cells.at(-1)?.location;
    return last?.table === table && last.row === row;
  }

  /** Ends the batch that fills, and writes it. */
  #seal(): void {
    const batch = this.#filling;
    if (batch === undefined) return;
    this.#filling = undefined;
    this.#ordinal += 1;
    const { transactionId } = this.#owner;
    const key = blobKey({ area: "c", transactionId, ordinal: batch.ordinal });
    const listed = batch.cells.map(({ location, bytes }) => ({ location, length: bytes.length }));
    const list = sealCellList(this.#context, transactionId, listed);
    this.#owner.own(key);
    this.#uploads.start(async () => {
      await this.#owner.renewWhenDue();
      // In this order: a cell that no list names would stay for ever.
      await this.#context.blobs.putNew(key, list);
      await writeCells(this.#context, batch.cells);
    });
  }
}

/** Writes cells, those of one row at once. May be repeated: timestamps are explicit. */
async function writeCells(context: LibraryContext, cells: readonly NewCell[]): Promise<void> {
  for (const [name, some] of Map.groupBy(cells, ({ location }) => location.table)) {
    const table = tableOf(context, name);
    const rows = [...Map.groupBy(some, ({ location }) => location.row)].map(([key, inRow]) => ({
      key,
      mutations: inRow.map(({ location, bytes }): CellMutation => {
        const { family, qualifier, timestampMicros } = location;
        return { type: "set-cell", family, qualifier, timestampMicros, value: bytes };
      }),
    }));
    const families = new Set(some.map(({ location }) => location.family));
    await withFamilies(table, families, () => changeRows(table, rows));
  }
}

function placeOf({ table, row, family, qualifier }: CellAddress): string {
  return `${table} ${row} ${family} ${qualifier}`;
}
