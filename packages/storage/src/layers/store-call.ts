/** The calls of a store, by contract and method. Each batch of a listing is a call of its own. */
export type StoreOperation =
  | "blobs.putNew"
  | "blobs.get"
  | "blobs.deleteMany"
  | "blobs.list"
  | "refs.read"
  | "refs.compareAndSet"
  | "refs.list"
  | "rows.families"
  | "rows.setFamily"
  | "rows.readRows"
  | "rows.mutateRows"
  | "rows.checkAndMutateRow";

/** One call as a layer sees it. */
export interface StoreCall<T> {
  readonly operation: StoreOperation;
  /** The key of the record, blob or row; the first of several; the start of a range; `undefined` when there is none. */
  readonly key: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** Bytes of the values handed in. Keys do not count. */
  readonly bytesWritten: number;
  /** Bytes of the values in a result. */
  readonly bytesRead: (result: T) => number;
  /** The first failure that a result tells of: of a row, when not all rows of a `mutateRows` were changed. */
  readonly failure: (result: T) => Error | undefined;
}

type Effect = "reads" | "writes" | "writes-conditionally";

const effects: Readonly<Record<StoreOperation, Effect>> = {
  "blobs.putNew": "writes",
  "blobs.get": "reads",
  "blobs.deleteMany": "writes",
  "blobs.list": "reads",
  "refs.read": "reads",
  "refs.compareAndSet": "writes-conditionally",
  "refs.list": "reads",
  "rows.families": "reads",
  "rows.setFamily": "writes",
  "rows.readRows": "reads",
  "rows.mutateRows": "writes",
  "rows.checkAndMutateRow": "writes-conditionally",
};

/** `true` when the call changes nothing, whatever becomes of it. */
export function isRead(operation: StoreOperation): boolean {
  return effects[operation] === "reads";
}

/**
 * `true` when the call may be repeated though it may have happened. A conditional write may not: the second try would
 * meet the first one's result and report a lost race to the winner.
 */
export function isRepeatable(operation: StoreOperation): boolean {
  return effects[operation] !== "writes-conditionally";
}
