import { createRetryPolicy, type Clock, type Random } from "@foretile/resilience";
import { isStorageError, StorageError } from "@foretile/storage";

import type { BucketTraits } from "./bucket-traits.ts";
import { createRecordWriter, sameState } from "./record-history.ts";
import { decodeRecord, encodeRecord, TOMBSTONE_BYTES, type RecordState } from "./record.ts";
import type { KnownState } from "./record-token.ts";
import type { PutOutcome, S3Entry, S3Objects } from "./s3-objects.ts";

/** A state of a record as it is stored now. */
export interface StoredState extends RecordState, KnownState {}

type SwapOutcome =
  | { readonly swapped: true; readonly state: KnownState }
  | { readonly swapped: false };

/** `still`: the record is in the state that was to be changed. `lost`: it is in another one, without the change. */
type ChangeOutcome =
  | { readonly type: "won"; readonly state: KnownState }
  | { readonly type: "lost"; readonly current: StoredState | undefined }
  | {
      readonly type: "still";
      readonly current: StoredState | undefined;
      readonly outcome: Exclude<PutOutcome, { readonly type: "stored" }>;
    };

/** Longer than any server accepts a signed request (15 minutes), so that nothing older than a tombstone is under way. */
const TOMBSTONE_AGE_MS = 30 * 60_000;
/**
 * A change that is read back later than this may be one of an object that is no more: deleted, swept, and made anew.
 * A request is at most 15 minutes old when it is carried out, and no tombstone goes before 30.
 */
const READ_BACK_MS = 10 * 60_000;
/** Somebody else changed the record each time. */
const MAX_ATTEMPTS = 8;
/** Without the answer nobody knows any more what became of a change. */
const READ_BACK_ATTEMPTS = 8;

/** Records that change by conditional writes, each linearizable. Names are without the store's prefix. */
export interface S3Records {
  /** The state, also that of a tombstone; `undefined` when there is no object. */
  read(name: string, signal: AbortSignal | undefined): Promise<StoredState | undefined>;
  /**
   * Replaces the record if it is still in the state `expected`; `undefined` stands for a record that is not there, or
   * is a tombstone.
   *
   * @param value `undefined` leaves a tombstone
   * @returns `swapped: false` only when it did not happen, and never will
   * @throws {StorageError} with `unknown-outcome` when it cannot be known whether it was replaced
   */
  swap(
    name: string,
    expected: KnownState | undefined,
    value: Uint8Array | undefined,
    signal: AbortSignal | undefined,
  ): Promise<SwapOutcome>;
  /** Deletes those of the objects that are tombstones and old enough, where that can be done without harm. */
  sweep(entries: readonly S3Entry[], signal: AbortSignal | undefined): Promise<void>;
}

export interface S3RecordsOptions {
  readonly objects: S3Objects;
  /** Of the store; ends with a slash or is empty. */
  readonly prefix: string;
  readonly traits: BucketTraits;
  /** Measures the waits between attempts to read back. */
  readonly clock: Clock;
  readonly random: Random;
  /** See {@link S3Requests.serverNowMs}. */
  readonly serverNowMs: () => number | undefined;
}

export function createS3Records(options: S3RecordsOptions): S3Records {
  const { objects, prefix, traits, clock, random, serverNowMs } = options;
  const { quoting } = traits;
  const writer = createRecordWriter(random);
  const patience = createRetryPolicy({ clock, random, maxAttempts: READ_BACK_ATTEMPTS });

  async function read(
    name: string,
    signal: AbortSignal | undefined,
  ): Promise<StoredState | undefined> {
    const object = await objects.get(prefix + name, signal);
    if (object === undefined) return undefined;
    return { ...decodeRecord(name, object.bytes), etag: object.etag };
  }

  async function put(
    name: string,
    history: Buffer,
    value: Uint8Array | undefined,
    on: KnownState | undefined,
    signal: AbortSignal | undefined,
  ): Promise<PutOutcome> {
    return objects.put(prefix + name, encodeRecord(name, history, value), {
      condition: on === undefined ? { type: "absent" } : { type: "etag", etag: on.etag, quoting },
      signal,
    });
  }

  /**
   * The state after a change whose answer did not tell what became of it. Its failures say nothing of the change, so
   * that the whole must not be repeated on their advice.
   */
  async function readBack(
    name: string,
    signal: AbortSignal | undefined,
  ): Promise<StoredState | undefined> {
    try {
      return await patience.run(() => read(name, signal), { signal });
    } catch (error) {
      if (signal?.aborted === true || !isStorageError(error)) throw error;
      throw new StorageError(
        error.code,
        `record cannot be read back to see whether it was changed name=${name}`,
        { cause: error, retry: "unknown-outcome" },
      );
    }
  }

  /**
   * Sends one change and finds out what became of it. A change that the server refused may have happened: something on
   * the way may have delivered it twice, and the refusal be that of the second. The record itself tells.
   */
  async function change(
    name: string,
    on: KnownState | undefined,
    value: Uint8Array | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ChangeOutcome> {
    using begun = writer.begin(on?.history);
    const { history } = begun;
    const outcome = await put(name, history, value, on, signal);
    if (outcome.type === "stored") return { type: "won", state: { etag: outcome.etag, history } };
    const answeredMs = serverNowMs();
    const current = await readBack(name, signal);
    const waitedMs = (serverNowMs() ?? 0) - (answeredMs ?? 0);
    const fate = current === undefined ? "lost" : begun.fateIn(current.history);
    if (current !== undefined && fate === "happened") {
      // When it was replaced since, its token fits nothing any more, whatever its ETag was.
      const etag = sameState(current.history, history) ? current.etag : "replaced";
      return { type: "won", state: { etag, history } };
    }
    if (fate === "untold" || waitedMs > READ_BACK_MS) throw untold(name);
    return isStill(current, on) ? { type: "still", current, outcome } : { type: "lost", current };
  }

  async function create(
    name: string,
    value: Uint8Array | undefined,
    signal: AbortSignal | undefined,
  ): Promise<SwapOutcome> {
    let on: KnownState | undefined;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const changed = await change(name, on, value, signal);
      if (changed.type === "won") return { swapped: true, state: changed.state };
      if (changed.current?.value !== undefined) return { swapped: false };
      if (changed.type === "still" && changed.outcome.type === "unclear") {
        throw changed.outcome.error;
      }
      // A tombstone is replaced as any other state.
      on = changed.current;
    }
    throw contended(name);
  }

  async function replace(
    name: string,
    expected: KnownState,
    value: Uint8Array | undefined,
    signal: AbortSignal | undefined,
  ): Promise<SwapOutcome> {
    const changed = await change(name, expected, value, signal);
    if (changed.type === "won") return { swapped: true, state: changed.state };
    if (changed.type === "lost") return { swapped: false };
    const { outcome } = changed;
    if (outcome.type === "unclear") throw outcome.error;
    if (outcome.type === "raced") throw contended(name);
    throw new StorageError("unavailable", `server refused a condition that holds name=${name}`, {
      retry: "unknown-outcome",
    });
  }

  return {
    read,

    swap: (name, expected, value, signal) =>
      expected === undefined ? create(name, value, signal) : replace(name, expected, value, signal),

    sweep: async (entries, signal) => {
      const nowMs = serverNowMs();
      if (traits.conditionalDelete === "none" || nowMs === undefined) return;
      const old = entries
        .filter(isTombstone)
        .flatMap(({ name, etag, modified }) =>
          modified !== undefined && nowMs - modified.getTime() >= TOMBSTONE_AGE_MS
            ? [{ name, etag, modified }]
            : [],
        );
      // Who may not delete, or fails to, may still list: the next listing meets the tombstone again.
      await Promise.allSettled(
        old.map(({ name, etag, modified }) =>
          objects.removeIf(
            name,
            traits.conditionalDelete === "if-match"
              ? { type: "if-match", etag, quoting }
              : { type: "unmodified-since", modified },
            signal,
          ),
        ),
      );
    },
  };
}

/** `true` for a tombstone, by its length. */
export function isTombstone({ length }: S3Entry): boolean {
  return length === TOMBSTONE_BYTES;
}

function isStill(current: KnownState | undefined, before: KnownState | undefined): boolean {
  if (current === undefined || before === undefined) return current === before;
  return sameState(current.history, before.history) && current.etag === before.etag;
}

function contended(name: string): StorageError {
  return new StorageError("unavailable", `too many others change the record name=${name}`, {
    retry: "safe",
  });
}

function untold(name: string): StorageError {
  return new StorageError(
    "unavailable",
    `record was changed, but whether by this call or only by others cannot be told, read it name=${name}`,
    { retry: "unknown-outcome" },
  );
}
