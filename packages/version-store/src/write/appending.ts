import type { CommitBase } from "../commit/commit-base.ts";
import type { Transaction } from "../commit/transaction.ts";
import type { VersionContent } from "../commit/version-content.ts";
import { rowsOf } from "../content/block.ts";
import { contentOf, sameForm, toNewContent, type Content } from "../content/content.ts";
import type { StoredForm } from "../handler/stored-form.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { IndexFacts } from "../value/index-bounds.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { AppendOptions } from "./append-options.ts";
import { checkExpectedVersion } from "./check-expected-version.ts";
import { checkFollows, checkSorted } from "./check-order.ts";
import { BlockConverter } from "./convert-blocks.ts";
import { appendEffect, appendHoldsAfter } from "./append-effect.ts";
import { FirstLook, type Judge } from "./first-look.ts";
import { isSmall } from "./merge-policy.ts";
import { joinForms, type IncomingRows, type Joint } from "./rowwise-value.ts";
import type { PutSegment } from "./store-blocks.ts";
import { storeFresh } from "./store-fresh.ts";
import { TailJoiner } from "./tail-joiner.ts";
import { tryBeforeCommit } from "./try-before-commit.ts";

/** Rows on their way to the end of a value. */
export class Appending {
  readonly #context: LibraryContext;
  readonly #transaction: Transaction;
  readonly #put: PutSegment;
  readonly #incoming: IncomingRows;
  readonly #options: AppendOptions;
  readonly #index: IndexFacts | undefined;
  readonly #holdsAfter: Judge;
  readonly #firstLook: FirstLook = new FirstLook();
  readonly #converter: BlockConverter;
  readonly #joiner: TailJoiner;
  #joint: { readonly stored: StoredForm; readonly joint: Joint } | undefined;
  #fresh: Content | undefined;

  /** @throws {VersionStoreError} `unsorted-append` */
  constructor(
    context: LibraryContext,
    transaction: Transaction,
    incoming: IncomingRows,
    options: AppendOptions,
  ) {
    this.#context = context;
    this.#transaction = transaction;
    this.#put = (bytes, hash, facts, call) =>
      transaction.putSegment(bytes, hash, { ...call, facts });
    this.#incoming = incoming;
    this.#options = options;
    this.#index = incoming.rowwise.indexFacts(incoming.value, { from: 0, to: incoming.rows });
    this.#holdsAfter = appendHoldsAfter(this.#index, options);
    this.#converter = new BlockConverter(context, this.#put, () => transaction.flush());
    this.#joiner = new TailJoiner(context, transaction);
    if (options.validateIndex !== false) checkSorted(transaction.symbol, this.#index);
  }

  /** Does before the commit what takes long, so that other commits need not wait for it. */
  async prepare(): Promise<void> {
    const { rows, rowsPerBlock } = this.#incoming;
    if (isSmall(rows, rowsPerBlock) && this.#options.schema !== "promote") return;
    const base = await this.#transaction.base(this.#options);
    checkExpectedVersion(this.#transaction.symbol, base, this.#options);
    this.#firstLook.see(base);
    if (base === undefined) {
      await this.#storeFresh();
      return;
    }
    const content = contentOf(this.#context.handlers, base.manifest);
    const joint = this.#join(content);
    this.#checkOrder(content);
    await tryBeforeCommit(() => this.#converter.convert(content, joint, this.#options));
    if (!isSmall(rows, content.rowsPerBlock)) {
      await this.#joiner.storeRows(
        { joint, rows, rowsPerBlock: content.rowsPerBlock },
        this.#options,
      );
    }
  }

  async build(base: CommitBase): Promise<VersionContent> {
    await this.#firstLook.compare(this.#transaction.symbol, base, this.#holdsAfter);
    const version = await base.version();
    const { metadata } = this.#options;
    const { rows } = this.#incoming;
    if (version === undefined) {
      const fresh = await this.#storeFresh();
      return {
        ...toNewContent(fresh),
        operation: "append",
        metadata,
        effect: appendEffect(0, rows, this.#index),
      };
    }
    if (rows === 0) return { sharedWith: version, metadata: version.metadata };
    const content = contentOf(this.#context.handlers, version.manifest);
    const joint = this.#join(content);
    this.#checkOrder(content);
    const { handler, rowsPerBlock } = content;
    const before = await this.#converter.convert(content, joint, this.#options);
    const tail = { joint, rows, rowsPerBlock, before, base };
    const blocks = await this.#joiner.join(tail, this.#options);
    return {
      ...toNewContent({ handler, form: joint.form, rowsPerBlock, blocks }),
      uploads: this.#joiner.uploads,
      operation: "append",
      metadata: metadata === undefined ? version.metadata : metadata,
      effect: appendEffect(rowsOf(content.blocks), rows, this.#index),
    };
  }

  #join(content: Content): Joint {
    if (this.#joint && sameForm(this.#joint.stored, content.form)) return this.#joint.joint;
    const joint = joinForms(content, this.#incoming, this.#options.schema ?? "strict");
    this.#joint = { stored: content.form, joint };
    return joint;
  }

  #checkOrder(content: Content): void {
    if (this.#options.validateIndex === false) return;
    checkFollows(this.#transaction.symbol, content.blocks, this.#index);
  }

  /** The rows as a value of their own, for a symbol that has none. */
  async #storeFresh(): Promise<Content> {
    const { upsert = true } = this.#options;
    if (!upsert) {
      throw new VersionStoreError(
        "no-data-found",
        `symbol has no value to append to symbol=${JSON.stringify(this.#transaction.symbol)}`,
        { details: { symbol: this.#transaction.symbol } },
      );
    }
    if (this.#fresh !== undefined) return this.#fresh;
    this.#fresh = await storeFresh(this.#context, this.#put, this.#incoming, this.#options);
    return this.#fresh;
  }
}
