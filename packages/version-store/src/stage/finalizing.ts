import type { CallOptions } from "@foretile/storage";
import type { CommitBase } from "../commit/commit-base.ts";
import type { Transaction } from "../commit/transaction.ts";
import type { VersionContent } from "../commit/version-content.ts";
import { rowsOf, type Block } from "../content/block.ts";
import { contentOf, sameForm, toNewContent, type Content } from "../content/content.ts";
import { inOrder } from "../content/in-order.ts";
import { joinIndexFacts } from "../content/join-index-facts.ts";
import { readValue } from "../content/read-value.ts";
import type { StoredForm } from "../handler/stored-form.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { segmentEntryKey } from "../manifest/manifest.ts";
import type { IndexFacts } from "../value/index-bounds.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { appendEffect, appendHoldsAfter } from "../write/append-effect.ts";
import { checkFollows } from "../write/check-order.ts";
import { FirstLook } from "../write/first-look.ts";
import { isStored } from "../write/is-stored.ts";
import { joinForms, requireRows } from "../write/rowwise-value.ts";
import { storeBlocks, type PutSegment } from "../write/store-blocks.ts";
import { writtenValue } from "../write/written-value.ts";
import type { FinalizeOptions } from "./finalize-options.ts";
import { mergeCluster } from "./merge-cluster.ts";
import { mustMerge, orderBlocks } from "./order-blocks.ts";
import type { StagedRows } from "./stage-token.ts";

/** So many blocks are looked for in the store at a time. */
const MAX_LOOKS = 16;

/** Staged rows on their way into a version. */
export class Finalizing {
  readonly #context: LibraryContext;
  readonly #transaction: Transaction;
  readonly #put: PutSegment;
  readonly #staged: readonly [StagedRows, ...StagedRows[]];
  readonly #options: FinalizeOptions;
  readonly #firstLook: FirstLook = new FirstLook();
  /** The staged rows in order, in their own form. */
  #content: Content;
  #index: IndexFacts | undefined;
  /** The rows as they were cut anew for a value of another form. */
  #recut: { readonly before: StoredForm; readonly content: Content } | undefined;

  constructor(
    context: LibraryContext,
    transaction: Transaction,
    staged: readonly [StagedRows, ...StagedRows[]],
    options: FinalizeOptions,
  ) {
    this.#context = context;
    this.#transaction = transaction;
    this.#put = (bytes, hash, facts, call) =>
      transaction.putSegment(bytes, hash, { ...call, facts });
    this.#staged = staged;
    this.#options = options;
    this.#content = { ...staged[0].content, blocks: [] };
  }

  /** Whether there is nothing to append. */
  get isEmptyAppend(): boolean {
    return this.#options.mode === "append" && this.#content.blocks.length === 0;
  }

  /** Puts the rows in order, and makes sure that they are there. */
  async prepare(): Promise<void> {
    const clusters = orderBlocks(this.#staged, this.#options.order ?? "assert-disjoint");
    const kept = clusters.filter((cluster) => !mustMerge(cluster)).flat();
    const bounds = { maxItems: MAX_LOOKS, maxWeight: Infinity, weightOf: () => 0 };
    const look = ({ block }: { readonly block: Block }, call: CallOptions): Promise<void> =>
      checkStored(this.#context, block, call);
    for await (const _ of inOrder(kept, look, bounds, this.#options)) {
      this.#options.signal?.throwIfAborted();
    }
    const blocks: Block[] = [];
    for (const cluster of clusters) {
      blocks.push(
        ...(mustMerge(cluster)
          ? await mergeCluster(this.#context, this.#put, this.#content, cluster, this.#options)
          : cluster.map(({ block }) => block)),
      );
    }
    this.#content = { ...this.#content, blocks };
    this.#index = blocks.reduce<IndexFacts | undefined>(
      (facts, { index }) => joinIndexFacts(facts, index),
      undefined,
    );
  }

  async build(base: CommitBase): Promise<VersionContent> {
    const { mode, metadata } = this.#options;
    if (mode === "write") return { ...toNewContent(this.#content), metadata };
    const { symbol } = this.#transaction;
    const holdsAfter = appendHoldsAfter(this.#index, this.#options);
    await this.#firstLook.compare(symbol, base, holdsAfter);
    const version = await base.version();
    const rows = rowsOf(this.#content.blocks);
    if (version === undefined) {
      this.#requireUpsert();
      const effect = appendEffect(0, rows, this.#index);
      return { ...toNewContent(this.#content), operation: "append", metadata, effect };
    }
    const before = contentOf(this.#context.handlers, version.manifest);
    this.#refuseUsed(before);
    if (this.#options.validateIndex !== false) checkFollows(symbol, before.blocks, this.#index);
    const added = await this.#inFormOf(before);
    const blocks = [...before.blocks, ...added.blocks];
    return {
      ...toNewContent({ ...before, form: added.form, blocks }),
      operation: "append",
      metadata: metadata === undefined ? version.metadata : metadata,
      effect: appendEffect(rowsOf(before.blocks), rows, this.#index),
    };
  }

  /** Between publishing and closing its intent, another process may already have made a version of the same rows. */
  #refuseUsed({ blocks }: Content): void {
    const staged = new Set(this.#staged.map(({ transaction }) => transaction));
    const used = blocks
      .flatMap(({ segments }) => segments)
      .find(({ entry }) => staged.has(entry.transactionId));
    if (used === undefined) return;
    throw new VersionStoreError(
      "transaction-expired",
      `staged rows were used already transaction=${used.entry.transactionId}`,
      { details: { transaction: used.entry.transactionId } },
    );
  }

  /** The same columns may be in other lanes: then the rows are cut anew. */
  async #inFormOf(before: Content): Promise<Content> {
    const { blocks, handler, form } = this.#content;
    if (handler === before.handler && sameForm(form, before.form)) return this.#content;
    const known = this.#recut;
    if (known !== undefined && sameForm(known.before, before.form)) return known.content;
    // Rows that were merged may be on their way.
    await this.#transaction.flush();
    let recut: Content = { ...before, blocks: [] };
    for (const block of blocks) {
      const value = await readValue(this.#context, this.#content, [block], this.#options);
      const joint = joinForms(before, requireRows(writtenValue(this.#context, value)), "strict");
      const spans = [{ value: joint.incoming, rows: { from: 0, to: block.rows } }];
      const stored = await storeBlocks(this.#context, this.#put, joint, [{ spans }], this.#options);
      recut = { ...recut, form: joint.form, blocks: [...recut.blocks, ...stored] };
    }
    this.#recut = { before: before.form, content: recut };
    return recut;
  }

  #requireUpsert(): void {
    if (this.#options.upsert !== false) return;
    const { symbol } = this.#transaction;
    throw new VersionStoreError(
      "no-data-found",
      `symbol has no value to append to symbol=${JSON.stringify(symbol)}`,
      { details: { symbol } },
    );
  }
}

async function checkStored(
  context: LibraryContext,
  block: Block,
  options: CallOptions,
): Promise<void> {
  if (await isStored(context, block, options)) return;
  const [first] = block.segments;
  const key = first && segmentEntryKey(first.entry);
  throw new VersionStoreError(
    "data-integrity",
    `a staged segment is missing or cut off; stage the rows again key=${key}`,
    { details: { key } },
  );
}
