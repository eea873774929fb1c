import type { CallOptions } from "@foretile/storage";
import type { CommitBase } from "../commit/commit-base.ts";
import type { Transaction } from "../commit/transaction.ts";
import type { Block } from "../content/block.ts";
import { sameForm } from "../content/content.ts";
import { readValue } from "../content/read-value.ts";
import type { StoredForm } from "../handler/stored-form.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { segmentEntryKey } from "../manifest/manifest.ts";
import { isVersionStoreError } from "../version-store-error.ts";
import { countJoined, countSmall, isSmall } from "./merge-policy.ts";
import type { Joint } from "./rowwise-value.ts";
import { cutEvenly, cutSpans, type Span } from "./spans.ts";
import { storeBlocks, type PutSegment } from "./store-blocks.ts";

/** So many small blocks may gather at the end of a value while commits follow that will merge them. */
const MAX_GATHERED = 32;

/** Up to so many segments are stored while the commit goes on; with more lanes it waits for them. */
const MAX_STARTED = 16;

/** Rows to be added, and the blocks before them. */
export interface Tail {
  readonly joint: Joint;
  readonly rows: number;
  readonly rowsPerBlock: number;
  /** Blocks in the form of `joint`. */
  readonly before: readonly Block[];
  /** What the commit builds on. */
  readonly base: Pick<CommitBase, "more" | "settled">;
}

interface Remembered {
  readonly form: StoredForm;
  readonly joined: readonly string[];
  readonly withIncoming: boolean;
  readonly blocks: readonly Block[];
}

/**
 * Adds rows to blocks: as blocks of their own, or in one with small blocks before them. What was stored for an attempt
 * that lost its race is used again by the next one.
 */
export class TailJoiner {
  readonly #context: LibraryContext;
  readonly #transaction: Transaction;
  readonly #uploads: Promise<void>[] = [];
  #remembered: Remembered[] = [];

  constructor(context: LibraryContext, transaction: Transaction) {
    this.#context = context;
    this.#transaction = transaction;
  }

  /** Uploads that must be over before the blocks are published. */
  get uploads(): readonly Promise<void>[] {
    return this.#uploads;
  }

  /** All blocks: those before, the last of them maybe merged, and those of the rows. */
  async join(tail: Tail, options?: CallOptions): Promise<readonly Block[]> {
    const { before, rows, rowsPerBlock, base } = tail;
    const small = countSmall(before, rowsPerBlock);
    const mayWait = base.more && small < MAX_GATHERED;
    if (isSmall(rows, rowsPerBlock)) {
      const joined = mayWait ? 0 : countJoined(before, rows, rowsPerBlock);
      const merged = joined > 0 && (await this.#merge(tail, joined, true, options));
      if (merged) return [...before.slice(0, -joined), ...merged];
    } else if (small > 1 && !mayWait) {
      // These would stay small for ever, as no block before a large one is looked at again.
      const merged = await this.#merge(tail, small, false, options);
      if (merged) {
        return [...before.slice(0, -small), ...merged, ...(await this.storeRows(tail, options))];
      }
    }
    return [...before, ...(await this.storeRows(tail, options))];
  }

  /** The rows as blocks of their own. To be called before the commit when there are many. */
  async storeRows(
    { joint, rows, rowsPerBlock }: Omit<Tail, "before" | "base">,
    options?: CallOptions,
  ): Promise<readonly Block[]> {
    const spans = [{ value: joint.incoming, rows: { from: 0, to: rows } }];
    const key = { form: joint.form, joined: [], withIncoming: true };
    return this.#remember(key, () => this.#store(joint, cutSpans(spans, rowsPerBlock), options));
  }

  /** The last blocks as one, with the new rows or without; `undefined` when they cannot be read. */
  async #merge(
    { joint, before, rows, rowsPerBlock, base }: Tail,
    count: number,
    withIncoming: boolean,
    options?: CallOptions,
  ): Promise<readonly Block[] | undefined> {
    const blocks = before.slice(-count);
    const joined = blocks.flatMap(({ segments }) =>
      segments.map(({ entry }) => segmentEntryKey(entry)),
    );
    const key = { form: joint.form, joined, withIncoming };
    try {
      return await this.#remember(key, async () => {
        await base.settled();
        const value = await readValue(this.#context, joint, blocks, options);
        const spans: Span[] = [{ value, rows: { from: 0, to: joint.handler.rowCount(value) } }];
        if (withIncoming) spans.push({ value: joint.incoming, rows: { from: 0, to: rows } });
        return this.#store(joint, cutEvenly(spans, rowsPerBlock), options);
      });
    } catch (error) {
      // New rows need not be lost because old ones are: they become a block of their own.
      if (isVersionStoreError(error, "data-integrity")) return undefined;
      throw error;
    }
  }

  #store(
    { handler, lanes }: Joint,
    pieces: readonly Span[][],
    options?: CallOptions,
  ): Promise<Block[]> {
    // Few segments are stored while the commit goes on, so that commits of a group need not wait for each other's.
    const isFew = pieces.length * lanes.length <= MAX_STARTED;
    const put = isFew && !this.#transaction.isOpen ? this.#start : this.#put;
    const plan = pieces.map((spans) => ({ spans }));
    return storeBlocks(this.#context, put, { handler, lanes }, plan, options);
  }

  readonly #put: PutSegment = (bytes, hash, facts, options) =>
    this.#transaction.putSegment(bytes, hash, { ...options, facts });

  readonly #start: PutSegment = async (bytes, hash, facts) => {
    const { entry, stored } = this.#transaction.startSegment(bytes, hash, { facts });
    this.#uploads.push(stored);
    return entry;
  };

  async #remember(
    key: Omit<Remembered, "blocks">,
    store: () => Promise<readonly Block[]>,
  ): Promise<readonly Block[]> {
    const known = this.#remembered.find(
      ({ form, joined, withIncoming }) =>
        withIncoming === key.withIncoming &&
        joined.join() === key.joined.join() &&
        sameForm(form, key.form),
    );
    if (known !== undefined) return known.blocks;
    const blocks = await store();
    this.#remembered = [...this.#remembered.slice(-3), { ...key, blocks }];
    return blocks;
  }
}
