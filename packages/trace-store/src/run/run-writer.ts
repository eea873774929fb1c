import { toHex, type Part, type SegmentCodec, type SegmentEntry } from "@foretile/version-store";
import { ContentId } from "../segment/content-id.ts";
import { damagedSegment } from "../segment/damaged-segment.ts";
import { bytesPerValue, PointValues } from "../values/point-values.ts";
import { POINT, type TraceValueType } from "../trace-values.ts";
import { blockToParts } from "./block-segment.ts";
import { factsToParts, INVALID_LATEST, type RowOptions } from "./facts-segment.ts";
import { lanesOf, type Lane } from "./lanes.ts";
import type { RunRecord } from "./run-record.ts";

/** Bytes of values that a block should have before encoding. */
const BLOCK_BYTES = 256 * 1024;

/** Stores the bytes of one segment. */
type PutSegment = (bytes: Uint8Array, hash: Uint8Array) => Promise<SegmentEntry>;

export interface RunWriterOptions {
  readonly codec: SegmentCodec;
  readonly put: PutSegment;
  readonly type: TraceValueType;
  /** Traces of the run's table, at least one. */
  readonly rows: number;
  /** Names the table. */
  readonly tableId: string;
  /** Offsets of the points, ascending, at least one. */
  readonly offsets: readonly number[];
  /** Most points that will come, which is checked; decides how many rows a block has. */
  readonly points: number;
}

/** A run without its table, which may be stored already. */
export type WrittenRun = Omit<RunRecord, "table">;

/** Points of consecutive rows at all offsets of a run, row-major. */
export interface RowPoints {
  readonly rows: number;
  readonly states: Uint8Array;
  readonly values: PointValues;
}

/** Writes one run, group of rows after group of rows, and holds no more of it than what it says about each row. */
export class RunWriter {
  /** Every call of {@link write} but the last must bring so many rows. */
  readonly rowsPerBlock: number;
  readonly #options: RunWriterOptions;
  readonly #lanes: readonly Lane[];
  readonly #content = new ContentId();
  /** Rows that have a value or an invalid point, and of each the last one. */
  readonly #pointRows: Uint32Array<ArrayBuffer>;
  readonly #latest: Uint16Array<ArrayBuffer>;
  readonly #latestValues: PointValues;
  readonly #deletedRows: number[] = [];
  readonly #isRecorded: Uint8Array;
  readonly #blocks: SegmentEntry[] = [];
  #rows = 0;
  #rowsWithPoints = 0;
  #points = 0;
  #deleted = 0;

  constructor(options: RunWriterOptions) {
    const { rows, offsets, type, points } = options;
    this.#options = options;
    this.#lanes = lanesOf(offsets);
    const rowsWithPoints = Math.min(rows, points);
    this.#pointRows = new Uint32Array(rowsWithPoints);
    this.#latest = new Uint16Array(rowsWithPoints);
    this.#latestValues = PointValues.create(type, rowsWithPoints);
    this.#isRecorded = new Uint8Array(offsets.length);
    const bytesPerRow = (points * (bytesPerValue(type) + 1)) / (rows * this.#lanes.length);
    this.rowsPerBlock = Math.min(rows, Math.max(1, Math.ceil(BLOCK_BYTES / bytesPerRow)));
  }

  /**
   * Adds the next rows.
   *
   * @throws {TraceStoreError} `tile-damaged` when rows with points are more than the points that were announced
   */
  async write(points: RowPoints): Promise<void> {
    const { offsets } = this.#options;
    const firstRow = this.#rows;
    this.#rows += points.rows;
    this.#note(points, firstRow);
    for (const { first, end } of this.#lanes) {
      const parts = blockToParts({
        ...points,
        width: end - first,
        stride: offsets.length,
        start: first,
      });
      this.#content.add(null, parts);
      this.#blocks.push(await this.#put(parts));
    }
  }

  /** @param options by row, ascending, at most one each */
  async finish(options: readonly RowOptions[]): Promise<WrittenRun> {
    const { tableId, offsets, rows } = this.#options;
    const count = this.#rowsWithPoints;
    const parts = factsToParts(rows, {
      pointRows: count === rows ? undefined : this.#pointRows.subarray(0, count),
      latest: this.#latest.subarray(0, count),
      latestValues: this.#latestValues.slice(0, count),
      deletedRows: Uint32Array.from(this.#deletedRows),
      options,
    });
    this.#content.add(
      { kind: "foretile trace run 1", table: tableId, offsets: [...offsets] },
      parts,
    );
    const facts = await this.#put(parts);
    return {
      id: toHex(this.#content.finish()),
      tableId,
      facts,
      blocks: this.#blocks,
      rows,
      rowsPerBlock: this.rowsPerBlock,
      offsets,
      recorded: offsets.filter((_, place) => this.#isRecorded[place] === 1),
      points: this.#points,
      deleted: this.#deleted,
    };
  }

  /** Keeps what the facts will say. */
  #note({ rows, states, values }: RowPoints, firstRow: number): void {
    const { offsets } = this.#options;
    const width = offsets.length;
    for (let row = 0; row < rows; row += 1) {
      let hasDeleted = false;
      let last = -1;
      for (let place = 0; place < width; place += 1) {
        const state = states[row * width + place];
        if (state === POINT.missing) continue;
        this.#points += 1;
        if (state === POINT.deleted) {
          this.#deleted += 1;
          hasDeleted = true;
          continue;
        }
        this.#isRecorded[place] = 1;
        last = place;
      }
      if (hasDeleted) this.#deletedRows.push(firstRow + row);
      if (last === -1) continue;
      // Of runs that are merged, their records say how many points there are.
      if (this.#rowsWithPoints === this.#pointRows.length) {
        throw damagedSegment("there are more points than were announced");
      }
      const at = row * width + last;
      const offset = offsets[last] as number;
      const isInvalid = states[at] === POINT.invalid;
      this.#pointRows[this.#rowsWithPoints] = firstRow + row;
      this.#latest[this.#rowsWithPoints] = isInvalid ? offset + INVALID_LATEST : offset;
      if (!isInvalid) this.#latestValues.copy(values, at, this.#rowsWithPoints, 1);
      this.#rowsWithPoints += 1;
    }
  }

  async #put(parts: readonly Part[]): Promise<SegmentEntry> {
    const { bytes, hash } = this.#options.codec.encode(parts);
    return this.#options.put(bytes, hash);
  }
}
