import type { Random } from "@foretile/resilience";
import { StorageError } from "@foretile/storage";

import type { BucketTraits } from "./bucket-traits.ts";
import {
  decodeRecord,
  encodeRecord,
  nextHistory,
  sameState,
  tellsOf,
  TOMBSTONE_BYTES,
  type RecordState,
} from "./record.ts";
import type { KnownState } from "./record-token.ts";
import type { PutOutcome, S3Entry, S3Objects } from "./s3-objects.ts";

/** A state of a record as it is stored now. */
export interface StoredState extends RecordState, KnownState {}

type SwapOutcome =
  | { readonly swapped: true; readonly state: KnownState }
  | { readonly swapped: false };

/** Longer than any server accepts a signed request (15 minutes), so that nothing older than a tombstone is under way. */
const TOMBSTONE_AGE_MS = 30 * 60_000;
/** Somebody else changed the record each time. */
const MAX_ATTEMPTS = 8;

/** Records that change by conditional writes, each linearizable. Names are without the store's prefix. */
export interface S3Records {
  /** The state, also that of a tombstone; `undefined` when there is no object. */
  read(name: string, signal: AbortSignal | undefined): Promise<StoredState | undefined>;
  /**
   * Replaces the record if it is still in the state `expected`; `undefined` stands for a record that is not there, or
   * is a tombstone.
   *
   * @param value `undefined` leaves a tombstone
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
  readonly random: Random;
  /** See {@link S3Requests.serverNowMs}. */
  readonly serverNowMs: () => number | undefined;
}

export function createS3Records(options: S3RecordsOptions): S3Records {
  const { objects, prefix, traits, random, serverNowMs } = options;
  const { quoting } = traits;

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

  async function create(
    name: string,
    value: Uint8Array | undefined,
    signal: AbortSignal | undefined,
  ): Promise<SwapOutcome> {
    let on: KnownState | undefined;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const history = nextHistory(on?.history, random);
      const outcome = await put(name, history, value, on, signal);
      if (outcome.type === "stored")
        return { swapped: true, state: { etag: outcome.etag, history } };
      const current = await read(name, signal);
      const won = current === undefined ? undefined : ours(current, history);
      if (won !== undefined) return won;
      if (current?.value !== undefined) return { swapped: false };
      if (outcome.type === "unclear" && isStill(current, on)) throw outcome.error;
      // A tombstone is replaced as any other state.
      on = current;
    }
    throw contended(name);
  }

  async function replace(
    name: string,
    expected: KnownState,
    value: Uint8Array | undefined,
    signal: AbortSignal | undefined,
  ): Promise<SwapOutcome> {
    const history = nextHistory(expected.history, random);
    const outcome = await put(name, history, value, expected, signal);
    if (outcome.type === "stored") return { swapped: true, state: { etag: outcome.etag, history } };
    const current = await read(name, signal);
    if (current === undefined) return { swapped: false };
    const won = ours(current, history);
    if (won !== undefined) return won;
    if (!isStill(current, expected)) return { swapped: false };
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

/**
 * What became of a change that the server refused, or of which it did not say what became. It may have happened:
 * something on the way may have delivered it twice, and the refusal be that of the second. The record itself tells. A
 * state that was left never returns, so a change of it can no longer happen either.
 */
function ours(current: StoredState, history: Buffer): SwapOutcome | undefined {
  if (!tellsOf(current.history, history)) return undefined;
  // When it was replaced since, its token fits nothing any more, whatever its ETag was.
  const etag = sameState(current.history, history) ? current.etag : "replaced";
  return { swapped: true, state: { etag, history } };
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
