import type { Key, KeyRange, ReadRowsOptions, Row, RowSelection } from "@foretile/storage";
import { filterCells, liveCells, rowRanges } from "@foretile/storage/adapter";

import { loadInOrder } from "./load-in-order.ts";
import { createS3Pages, type S3Pages } from "./s3-pages.ts";
import { isTombstone } from "./s3-records.ts";
import type { StoreContext } from "./store-context.ts";
import type { TableContext } from "./table-context.ts";
import type { Families } from "./table-families.ts";

/**
 * Reads selected rows batch by batch. A range of one key is one GET, any other a listing and a GET for each row in it.
 *
 * @returns the next rows, at most a batch; none after the last
 */
export function createRowReader(
  context: StoreContext,
  table: TableContext,
  selection: RowSelection,
  options: ReadRowsOptions & { readonly batchSize: number },
): () => Promise<readonly Row[]> {
  const { objects, prefix, clock, records } = context;
  const { filter, signal, batchSize } = options;
  const ranges = rowRanges(selection).values();
  let families: Families | undefined;
  let pages: S3Pages | undefined;
  // Keys that were listed, but whose rows were not read yet.
  let left: readonly Key[] = [];
  let rest = options.limit ?? Number.POSITIVE_INFINITY;

  /** The keys of the next rows that may be there; `undefined` after the last range. */
  async function nextKeys(most: number): Promise<readonly Key[] | undefined> {
    const keys: Key[] = [];
    while (keys.length < most) {
      const page = await pages?.next(most - keys.length, signal);
      if (page !== undefined) {
        keys.push(...page.filter((entry) => !isTombstone(entry)).map(({ key }) => key));
        if (context.writable) await records.sweep(page, signal);
        continue;
      }
      pages = undefined;
      const range = ranges.next();
      if (range.done === true) return keys.length === 0 ? undefined : keys;
      const single = onlyKey(range.value);
      if (single === undefined) {
        pages = createS3Pages(objects, prefix + table.folder, range.value);
      } else {
        keys.push(single);
      }
    }
    return keys;
  }

  async function readRow(key: Key, known: Families): Promise<Row | undefined> {
    const { cells } = await table.read(key, signal);
    const cellsLeft = filterCells(liveCells(cells, known, clock.nowMs()), filter);
    // Values are views of the object's bytes, which belong to nobody else.
    return cellsLeft.length === 0 ? undefined : { key, cells: cellsLeft };
  }

  return async () => {
    if (rest === 0) return [];
    const known = (families ??= await table.families(signal));
    for (;;) {
      const keys = left.length > 0 ? left : await nextKeys(Math.min(batchSize, rest));
      if (keys === undefined) return [];
      const rows = await loadInOrder(keys, (key) => readRow(key, known));
      left = rows.left;
      const there = rows.loaded.filter((row) => row !== undefined);
      rest -= there.length;
      if (there.length > 0) return there;
    }
  };
}

/** The key of a range that holds nothing else: "!" is the lowest character a key may have. */
function onlyKey({ gte, lt }: KeyRange): Key | undefined {
  return gte !== undefined && lt === `${gte}!` && /^[\x21-\x7e]+$/.test(gte)
    ? (gte as Key)
    : undefined;
}
