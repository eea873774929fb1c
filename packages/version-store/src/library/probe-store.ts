import { retryAdvice } from "@foretile/resilience";
import { isStorageError, type CallOptions, type Key, type RefToken } from "@foretile/storage";
import { sealIntent } from "../commit/intent.ts";
import { equalBytes } from "../document/content-hash.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { intentKey } from "./keys.ts";
import type { LibraryContext } from "./library-context.ts";

/** Changes of one record at once: enough that a store without a lock around its condition lets two of them through. */
const RACERS = 8;

/** A probe is repeated this often when the store never said what became of one of its calls. */
const MAX_ATTEMPTS = 4;

/**
 * What a crashed probe left behind is given up by a collection after this: a day, so that no collector whose clock is
 * hours ahead gives up one that is under way, which would look like a broken promise.
 */
const LIFETIME_MS = 24 * 3_600_000;

type ProbeParts = Pick<LibraryContext, "refs" | "documents" | "clock" | "ids">;

/**
 * Finds out, on a record of its own, whether a store keeps what it promises about compare-and-set. All changes of a
 * library rest on that: a store that ignores a condition loses what others wrote. Takes nine rounds of requests.
 *
 * The record is an intent that changes nothing, so that whatever a crash leaves of it is collected like any other.
 * Passing is no proof: a store may break a promise only now and then. A store that is full is not judged.
 *
 * @throws {VersionStoreError} `unsupported-capability` that names the broken promise
 * @throws {StorageError} when the store cannot be written, or does not answer
 */
export async function probeStore(parts: ProbeParts, options: CallOptions = {}): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const probe = new Probe(parts, options);
    try {
      await probe.run();
      return;
    } catch (error) {
      await probe.cleanUp();
      if (isStorageError(error, "full")) return;
      const advice = retryAdvice(error);
      if (attempt === MAX_ATTEMPTS || advice === undefined || advice === "never") throw error;
      options.signal?.throwIfAborted();
    }
  }
}

/** What the record must be. */
interface KnownState {
  readonly value: Uint8Array;
  readonly token: RefToken;
}

/** One record's way through everything that a head may meet. */
class Probe {
  readonly #parts: ProbeParts;
  readonly #options: CallOptions;
  readonly #id: string;
  readonly #key: Key;
  #values = 0;
  /** Sent as a new record: a copy of such a request may arrive late, once the record is gone. */
  readonly #created: Uint8Array[] = [];

  constructor(parts: ProbeParts, { signal }: CallOptions) {
    this.#parts = parts;
    this.#options = { signal };
    this.#id = parts.ids.nextId();
    this.#key = intentKey(this.#id);
  }

  async run(): Promise<void> {
    const old = await this.#race(undefined, {
      none: "a record that does not exist can be created",
      several: "a record is created only once",
    });
    const newest = await this.#race(old.token, {
      none: "a record is replaced with its newest token",
      several: "a record in one state is replaced only once",
    });
    await this.#refuse(newest, old.token);
    await this.#delete(newest.token);
  }

  /** Several change the record at once: one succeeds, and the record is that one's. @returns it */
  async #race(
    expected: RefToken | undefined,
    promises: { readonly none: string; readonly several: string },
  ): Promise<KnownState> {
    const values = Array.from({ length: RACERS }, () => this.#nextValue());
    const results = await allOf(values.map((value) => this.#change(expected, value)));
    const winners = values.flatMap((value, index) => {
      const result = results[index];
      return result?.swapped === true ? [{ value, token: result.token }] : [];
    });
    const [winner] = winners;
    if (winner === undefined) throw broken(promises.none);
    if (winners.length > 1) throw broken(promises.several);
    const { value, token } = winner;
    if (token === undefined) throw broken("a change tells the record's new token");
    const state = { value, token };
    await this.#expect(state, "a change that succeeded is there");
    return state;
  }

  /** Changes whose conditions do not hold are refused, and change nothing. */
  async #refuse(newest: KnownState, old: RefToken): Promise<void> {
    const [created, replaced, deleted] = await allOf([
      this.#change(undefined, this.#nextValue()),
      this.#change(old, this.#nextValue()),
      this.#change(old, undefined),
    ]);
    if (created?.swapped === true) throw broken("a record that exists is not created again");
    if (replaced?.swapped === true) throw broken("a record is not replaced with an old token");
    if (deleted?.swapped === true) throw broken("a record is not deleted with an old token");
    await this.#expect(newest, "a change that was refused did not happen");
  }

  async #delete(newest: RefToken): Promise<void> {
    const deleted = await this.#change(newest, undefined);
    if (!deleted.swapped) throw broken("a record is deleted with its newest token");
    const late = await this.#change(newest, this.#nextValue());
    if (late.swapped) throw broken("a record that was deleted is not replaced");
    const left = await this.#read();
    if (left === undefined) return;
    const isLateCopy = this.#created.some((value) => equalBytes(value, left.value));
    if (!isLateCopy) throw broken("a record that was deleted is gone");
    await this.cleanUp();
  }

  /** The record is in a state that is known. */
  async #expect({ value, token }: KnownState, promise: string): Promise<void> {
    const found = await this.#read();
    if (found?.token !== token || !equalBytes(found.value, value)) throw broken(promise);
  }

  #read() {
    return this.#parts.refs.read(this.#key, this.#options);
  }

  #change(expected: RefToken | undefined, next: Uint8Array | undefined) {
    if (expected === undefined && next !== undefined) this.#created.push(next);
    return this.#parts.refs.compareAndSet(this.#key, expected, next, this.#options);
  }

  /** An intent like no other one of this probe. */
  #nextValue(): Uint8Array {
    this.#values += 1;
    return sealIntent(this.#parts, {
      transactionId: this.#id,
      kind: "edit",
      symbols: [],
      snapshot: undefined,
      startedAtMs: Math.floor(this.#parts.clock.nowMs()),
      lifetimeMs: LIFETIME_MS + this.#values,
      state: "running",
    });
  }

  /** After a failure. What stays nevertheless is for a collection. */
  async cleanUp(): Promise<void> {
    const { refs } = this.#parts;
    try {
      // Without the signal: it may be what ended the probe.
      const left = await refs.read(this.#key);
      if (left !== undefined) await refs.compareAndSet(this.#key, left.token, undefined);
    } catch {
      // The failure of the probe is the one to tell.
    }
  }
}

/** Waits for all of them even when some fail, so that none comes in between what follows. */
async function allOf<T>(calls: readonly Promise<T>[]): Promise<readonly T[]> {
  const settled = await Promise.allSettled(calls);
  return settled.map((call) => {
    if (call.status === "rejected") throw call.reason;
    return call.value;
  });
}

function broken(promise: string): VersionStoreError {
  return new VersionStoreError(
    "unsupported-capability",
    `the store breaks a promise, and several writers would lose each other's changes; use a store that keeps it, ` +
      `or open the library for reading only promise=${JSON.stringify(promise)}`,
    { details: { promise } },
  );
}
