import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CallOptions } from "@foretile/storage";
import type { CommitBase } from "../commit/commit-base.ts";
import { checkCommitOptions, type CommitOptions } from "../commit/commit-options.ts";
import { Transaction } from "../commit/transaction.ts";
import type { VersionContent } from "../commit/version-content.ts";
import type { Block } from "../content/block.ts";
import { contentOf, sameForm, toNewContent, type Content } from "../content/content.ts";
import { equalBytes } from "../document/content-hash.ts";
import { sha256 } from "../document/sha256.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { Version } from "../version/read-version.ts";
import { isVersionStoreError } from "../version-store-error.ts";
import { checkExpectedVersion } from "./check-expected-version.ts";
import { checkMetadata } from "./check-metadata.ts";
import { planWrite } from "./plan-write.ts";
import { isSameValue } from "./same-value.ts";
import { storeBlocks, type PlannedBlock, type PutSegment } from "./store-blocks.ts";
import { commitCounted, type StoreResult } from "./store-result.ts";
import { contentFrom, writtenValue, type WrittenValue } from "./written-value.ts";

export interface WriteOptions extends CommitOptions {
  /** Words of your own about this version. Default: none. */
  readonly metadata?: DocumentValue | undefined;
}

/**
 * Makes a version of a whole new value: a frame, an array, or any value that documents can hold, `null` too.
 *
 * Blocks that the newest version has already are used again, when they are still in the store; nothing is uploaded for
 * them. A newest version that cannot be read only means that nothing is used again. Others who write at the same time
 * get a version each, the last one is the newest.
 *
 * With `skipUnchanged` nothing is published when the newest version has exactly the same value, bit for bit, and the
 * same metadata, however it was cut.
 *
 * @param value only read until the promise settles; do not change it before
 * @throws {VersionStoreError} `invalid-argument` for a value, a name or metadata that cannot be stored,
 *   `concurrent-modification` when `expectedVersion` is not the newest, `quota-exceeded`, `read-only-library`,
 *   `transaction-expired`, `commit-outcome-unknown`
 */
export async function write(
  context: LibraryContext,
  symbol: string,
  value: unknown,
  options: WriteOptions = {},
): Promise<StoreResult> {
  checkCommitOptions(options);
  const metadata = checkMetadata(options.metadata);
  const written = writtenValue(context, value);
  return context.usage.reserve(written.rawBytes, () =>
    writeValue(context, symbol, written, { ...options, metadata }),
  );
}

async function writeValue(
  context: LibraryContext,
  symbol: string,
  written: WrittenValue,
  options: WriteOptions,
): Promise<StoreResult> {
  await using transaction = await Transaction.begin(context, symbol, options);
  const base = await readableBase(transaction, options);
  if (base !== "unreadable") checkExpectedVersion(symbol, base, options);
  const writing = new Writing(context, transaction, written, base);
  await writing.store(options);
  const build = (now: CommitBase): Promise<VersionContent> => writing.build(now, options);
  // A version that lost segments is no reason to skip: this one has them.
  const skipUnchanged = options.skipUnchanged === true && !writing.hasMended;
  try {
    return await commitCounted(transaction, build, { ...options, skipUnchanged });
  } catch (error) {
    if (!skipUnchanged || !isUnreadable(error) || !transaction.isOpen) throw error;
    // The newest version could not be compared with.
    return await commitCounted(transaction, build, { ...options, skipUnchanged: false });
  }
}

/** One value on its way into one version. */
class Writing {
  readonly #context: LibraryContext;
  readonly #put: PutSegment;
  readonly #written: WrittenValue;
  /** The version whose blocks may be used again. */
  readonly #base: Version | undefined;
  readonly #baseContent: Content | undefined;
  #plan: readonly PlannedBlock[] = [];
  #blocks: readonly Block[] = [];
  /** Blocks that nobody can remove: all of this transaction. */
  #ownBlocks: readonly Block[] | undefined;

  constructor(
    context: LibraryContext,
    transaction: Transaction,
    written: WrittenValue,
    base: Version | "unreadable" | undefined,
  ) {
    this.#context = context;
    this.#put = (bytes, hash, facts, options) =>
      transaction.putSegment(bytes, hash, { ...options, facts });
    this.#written = written;
    this.#base = base === "unreadable" ? undefined : base;
    this.#baseContent = this.#base && contentToShare(context, this.#base, written);
  }

  /** Stores what the base does not have. */
  async store(options: CallOptions): Promise<void> {
    const plan: PlannedBlock[] = [];
    const planned = planWrite(this.#written, this.#baseContent);
    this.#blocks = await storeBlocks(
      this.#context,
      this.#put,
      this.#written,
      noting(planned, plan),
      options,
    );
    this.#plan = plan;
  }

  /** Whether blocks of the newest version were missing from the store. */
  get hasMended(): boolean {
    return this.#plan.some(
      ({ shared }, position) => shared !== undefined && shared !== this.#blocks[position],
    );
  }

  async build(base: CommitBase, options: WriteOptions): Promise<VersionContent> {
    const { metadata } = options;
    const content = contentFrom(this.#written, await this.#lastingBlocks(base, options));
    const fresh = { ...toNewContent(content), metadata };
    if (options.skipUnchanged !== true) return fresh;
    const same = await this.#sameVersion(base, fresh.identity, options);
    return same === undefined ? fresh : { sharedWith: same, operation: "write", metadata };
  }

  /** Blocks of the base are only good while the base is live; else their rows are stored once more. */
  async #lastingBlocks(base: CommitBase, options: CallOptions): Promise<readonly Block[]> {
    const relied = this.#base;
    const sharesNone = this.#plan.every(({ shared }) => shared === undefined);
    if (relied === undefined || sharesNone) return this.#blocks;
    const live = await base.find(relied.version, options);
    if (live?.commitId === relied.commitId) return this.#blocks;
    this.#ownBlocks ??= await storeBlocks(
      this.#context,
      this.#put,
      this.#written,
      this.#plan.map(({ spans }) => ({ spans })),
      options,
    );
    return this.#ownBlocks;
  }

  /** The newest version when it has this very value, cut in another way. */
  async #sameVersion(
    base: CommitBase,
    identity: Uint8Array,
    options: CallOptions,
  ): Promise<Awaited<ReturnType<CommitBase["record"]>>> {
    const { newest } = base;
    if (newest === undefined || newest.operation === "delete") return undefined;
    if (equalBytes(sha256(identity), newest.contentHash)) return undefined;
    try {
      const version = await base.version();
      if (version === undefined) return undefined;
      const content = contentOf(this.#context.handlers, version.manifest);
      const same = await isSameValue(this.#context, this.#written, content, options);
      return same ? version : undefined;
    } catch (error) {
      if (isUnreadable(error)) return undefined;
      throw error;
    }
  }
}

/** The newest version, to share blocks with. */
async function readableBase(
  transaction: Transaction,
  options: CallOptions,
): Promise<Version | "unreadable" | undefined> {
  try {
    return await transaction.base(options);
  } catch (error) {
    if (isUnreadable(error)) return "unreadable";
    throw error;
  }
}

function contentToShare(
  { handlers }: LibraryContext,
  base: Version,
  { handler, schema, lanes }: WrittenValue,
): Content | undefined {
  try {
    const content = contentOf(handlers, base.manifest);
    const fits = content.handler === handler && sameForm(content.form, { schema, lanes });
    return fits ? content : undefined;
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

/** Whether a version cannot be built on, and that is no reason not to write a new one. */
function isUnreadable(error: unknown): boolean {
  return isVersionStoreError(error, "data-integrity", "format-too-new", "unsupported-capability");
}

function* noting<T>(items: Iterable<T>, notes: T[]): Generator<T, void, undefined> {
  for (const item of items) {
    notes.push(item);
    yield item;
  }
}
