import { rowsOf, type Block } from "../content/block.ts";
import type { Content } from "../content/content.ts";
import { readBlocks } from "../content/read-blocks.ts";
import type { RowwiseOperations } from "../handler/rowwise-operations.ts";
import type { Selection, StoredBlock, StoredForm } from "../handler/stored-form.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { CallOptions } from "@foretile/storage";
import { boundsMeet, type IndexBounds, type IndexRange } from "../value/index-bounds.ts";
import type { RowRange } from "../value/row-range.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { intersectRanges } from "./intersect-ranges.ts";
import { clipRows, type RowSelection } from "./row-selection.ts";

/** What of a value is wanted. Several at once: what is in all of them. */
export interface Portion extends Selection {
  /** Rows whose index is in this range; both ends belong to it unless it says otherwise. */
  readonly dateRange?: IndexRange | undefined;
  readonly rowRange?: RowSelection | undefined;
}

/** Wanted rows of one block, fetched. */
export interface FetchedBlock {
  readonly stored: StoredBlock;
  /** Number of the first wanted row in the whole value. */
  readonly firstRow: number;
  /** Bytes of the block's needed segments before encoding. */
  readonly rawBytes: number;
}

interface Candidate {
  readonly block: Block;
  /** Number of the block's first row in the whole value. */
  readonly start: number;
  /** Wanted by number. */
  readonly rows: RowRange;
}

/**
 * A wanted part of a stored value, checked against its form: which segments it takes, and what of them is wanted.
 */
export class ReadRequest {
  readonly selection: Selection;
  readonly #content: Content;
  readonly #lanes: ReadonlySet<number>;
  readonly #bounds: IndexBounds | undefined;
  readonly #candidates: readonly Candidate[];

  /**
   * @param least rows before this one are not wanted
   * @throws {VersionStoreError} `invalid-argument` for a part of a value that has no such parts, `invalid-range`,
   *   `no-such-column`
   */
  constructor(content: Content, portion: Portion, least: number = 0) {
    const { handler, form, blocks } = content;
    const { columns, members, dateRange, rowRange } = portion;
    checkPortion(portion);
    this.#content = content;
    this.selection = { columns, members };
    if (handler.rowwise === undefined) {
      refuseParts(handler.name, portion);
      this.#lanes = new Set([0]);
      this.#candidates = candidatesOf(blocks, { from: 0, to: 1 });
      return;
    }
    this.#lanes = new Set(handler.rowwise.lanesFor(form, this.selection));
    this.#bounds = dateRange && handler.rowwise.indexBounds(form.schema, dateRange);
    const rows = clipRows(rowRange ?? {}, rowsOf(blocks));
    const bounds = this.#bounds;
    this.#candidates = candidatesOf(blocks, { ...rows, from: Math.max(rows.from, least) }).filter(
      ({ block: { index } }) => bounds === undefined || !index || boundsMeet(bounds, index),
    );
  }

  /** Fetches what is wanted, in row order, a bounded number of bytes ahead. Blocks without wanted rows are left out. */
  async *fetch(
    context: LibraryContext,
    options?: CallOptions,
  ): AsyncGenerator<FetchedBlock, void, undefined> {
    const fetched = readBlocks(context, this.#candidates, this.#lanes, options);
    let position = 0;
    for await (const stored of fetched) {
      const candidate = this.#candidates[position];
      position += 1;
      if (candidate === undefined) return;
      const keep = this.#keep(candidate, stored);
      const [first] = keep;
      if (first === undefined) continue;
      yield {
        stored: { ...stored, keep },
        firstRow: candidate.start + first.from,
        rawBytes: this.#rawBytes(candidate.block),
      };
    }
  }

  /** The value that fetched blocks make. */
  assemble(blocks: readonly StoredBlock[]): unknown {
    return this.#content.handler.assemble(this.#content.form, blocks, this.selection);
  }

  #keep({ block, rows }: Candidate, stored: StoredBlock): readonly RowRange[] {
    const bounds = this.#bounds;
    const { handler, form } = this.#content;
    if (bounds === undefined || handler.rowwise === undefined || isInside(block, bounds)) {
      return intersectRanges([rows], rows);
    }
    return intersectRanges(rowsInBounds(handler, handler.rowwise, form, stored, bounds), rows);
  }

  #rawBytes({ segments }: Block): number {
    const needed = segments.filter(({ lane }) => this.#lanes.has(lane));
    return needed.reduce((sum, { rawBytes }) => sum + rawBytes, 0);
  }
}

/** Blocks that have some of the rows. */
function candidatesOf(blocks: readonly Block[], { from, to }: RowRange): Candidate[] {
  const candidates: Candidate[] = [];
  let start = 0;
  for (const block of blocks) {
    const rows = {
      from: Math.max(0, from - start),
      to: Math.min(block.rows, to - start),
    };
    if (rows.from < rows.to) candidates.push({ block, start, rows });
    start += block.rows;
  }
  return candidates;
}

function isInside({ index }: Block, bounds: IndexBounds): boolean {
  if (index === undefined) return false;
  const { min, max } = index;
  const ends = [min, max].map((value) => ({ min: value, max: value }));
  return ends.every((end) => boundsMeet(bounds, end));
}

function rowsInBounds(
  handler: Content["handler"],
  rowwise: RowwiseOperations<unknown>,
  form: StoredForm,
  stored: StoredBlock,
  bounds: IndexBounds,
): RowRange[] {
  const index = handler.assemble(form, [{ rows: stored.rows, parts: stored.parts }], {
    columns: [],
  });
  return rowwise.rowsWithin(index, bounds);
}

/** A part of another shape would be taken for no part at all, and everything would be read. */
function checkPortion({ columns, members, dateRange, rowRange }: Portion): void {
  for (const [name, list] of Object.entries({ columns, members })) {
    if (list !== undefined && !Array.isArray(list)) throw misshapen(`${name} must be a list`);
  }
  for (const [name, range] of Object.entries({ dateRange, rowRange })) {
    if (range !== undefined && (typeof range !== "object" || range === null)) {
      throw misshapen(`${name} must be an object with from and to`);
    }
  }
}

function misshapen(message: string): VersionStoreError {
  return new VersionStoreError("invalid-argument", message);
}

function refuseParts(name: string, portion: Portion): void {
  const wanted = Object.entries(portion).find(([, value]) => value !== undefined)?.[0];
  if (wanted === undefined) return;
  throw new VersionStoreError(
    "invalid-argument",
    `an opaque value is only read whole handler=${name} wanted=${wanted}`,
  );
}
