import type { BlobStore, RefStore, RowStore } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import type { RequestTotals } from "./collect-report.ts";

/** A context whose requests are counted. */
export interface CountedContext {
  readonly context: LibraryContext;
  /** Requests so far. */
  totals(): RequestTotals;
}

export function countRequests(context: LibraryContext): CountedContext {
  const totals: { -readonly [K in keyof RequestTotals]: number } = {
    blobReads: 0,
    blobLists: 0,
    blobDeletes: 0,
    blobWrites: 0,
    refReads: 0,
    refLists: 0,
    refChanges: 0,
    rowReads: 0,
    rowChanges: 0,
  };

  const count = (name: keyof RequestTotals): void => {
    totals[name] += 1;
  };

  async function* counted<T>(
    name: "blobLists" | "refLists" | "rowReads",
    batches: AsyncIterable<readonly T[]>,
  ): AsyncGenerator<readonly T[], void, undefined> {
    count(name);
    let isFirst = true;
    for await (const batch of batches) {
      if (!isFirst) count(name);
      isFirst = false;
      yield batch;
    }
  }

  const blobs: BlobStore = {
    capabilities: context.blobs.capabilities,
    putNew: (...call) => {
      count("blobWrites");
      return context.blobs.putNew(...call);
    },
    get: (...call) => {
      count("blobReads");
      return context.blobs.get(...call);
    },
    deleteMany: (...call) => {
      count("blobDeletes");
      return context.blobs.deleteMany(...call);
    },
    list: (...call) => counted("blobLists", context.blobs.list(...call)),
  };
  const refs: RefStore = {
    capabilities: context.refs.capabilities,
    read: (...call) => {
      count("refReads");
      return context.refs.read(...call);
    },
    compareAndSet: (...call) => {
      count("refChanges");
      return context.refs.compareAndSet(...call);
    },
    list: (...call) => counted("refLists", context.refs.list(...call)),
  };
  const countRows = (rows: RowStore): RowStore => ({
    capabilities: rows.capabilities,
    families: (...call) => rows.families(...call),
    setFamily: (...call) => rows.setFamily(...call),
    readRows: (...call) => counted("rowReads", rows.readRows(...call)),
    mutateRows: (...call) => {
      count("rowChanges");
      return rows.mutateRows(...call);
    },
    checkAndMutateRow: (...call) => {
      count("rowChanges");
      return rows.checkAndMutateRow(...call);
    },
  });
  const { table } = context;
  const counting = table && ((name: string) => countRows(table(name)));
  return { context: { ...context, blobs, refs, table: counting }, totals: () => ({ ...totals }) };
}
