import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CommitBase } from "../commit/commit-base.ts";
import type { Transaction } from "../commit/transaction.ts";
import type { VersionContent } from "../commit/version-content.ts";
import { contentOf, toNewContent, type Content } from "../content/content.ts";
import { joinIndexFacts } from "../content/join-index-facts.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { IndexFacts } from "../value/index-bounds.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { cutsByRows, type BlockCut } from "./block-cuts.ts";
import { checkExpectedVersion } from "./check-expected-version.ts";
import { BlockConverter } from "./convert-blocks.ts";
import { areApart, leavesRows, writeEffect, type IndexHull } from "./effect.ts";
import { FirstLook, type Judge } from "./first-look.ts";
import { IndexCutter } from "./index-cutter.ts";
import { joinForms, type IncomingRows, type Joint } from "./rowwise-value.ts";
import { BlockSplicer } from "./splice-blocks.ts";
import { extentOf, planSplice } from "./splice-plan.ts";
import type { PutSegment } from "./store-blocks.ts";
import { storeFresh } from "./store-fresh.ts";
import { tryBeforeCommit } from "./try-before-commit.ts";
import type { UpdateOptions } from "./update-options.ts";
import { updateTarget, type UpdateTarget } from "./update-target.ts";

/** A value with some rows replaced, and where they were. */
interface Changed {
  readonly content: Content;
  readonly effect: DocumentValue;
}

/** A change of some rows of a value on its way. */
export class Updating {
  readonly #context: LibraryContext;
  readonly #transaction: Transaction;
  readonly #put: PutSegment;
  /** `undefined`: rows only go. */
  readonly #incoming: IncomingRows | undefined;
  readonly #options: UpdateOptions;
  readonly #index: IndexFacts | undefined;
  readonly #firstLook: FirstLook = new FirstLook();
  readonly #converter: BlockConverter;
  readonly #splicer: BlockSplicer;
  #target: UpdateTarget | undefined;
  #cutter: IndexCutter | undefined;

  constructor(
    context: LibraryContext,
    transaction: Transaction,
    incoming: IncomingRows | undefined,
    options: UpdateOptions,
  ) {
    this.#context = context;
    this.#transaction = transaction;
    this.#put = (bytes, hash, facts, call) =>
      transaction.putSegment(bytes, hash, { ...call, facts });
    this.#incoming = incoming;
    this.#options = options;
    this.#index = incoming?.rowwise.indexFacts(incoming.value, { from: 0, to: incoming.rows });
    this.#converter = new BlockConverter(context, this.#put, () => transaction.flush());
    this.#splicer = new BlockSplicer(context, this.#put);
  }

  /** Does before the commit what takes long, so that other commits need not wait for it. */
  async prepare(): Promise<void> {
    const base = await this.#transaction.base(this.#options);
    checkExpectedVersion(this.#transaction.symbol, base, this.#options);
    this.#firstLook.see(base);
    if (base === undefined) return;
    const content = contentOf(this.#context.handlers, base.manifest);
    await tryBeforeCommit(() => this.#change(content));
  }

  async build(base: CommitBase): Promise<VersionContent> {
    const { symbol } = this.#transaction;
    await this.#firstLook.compare(symbol, base, this.#holdsAfter);
    const version = await base.version();
    const { metadata } = this.#options;
    if (version === undefined) {
      const fresh = await this.#storeFresh();
      return { ...toNewContent(fresh), operation: "update", metadata };
    }
    const { content, effect } = await this.#change(
      contentOf(this.#context.handlers, version.manifest),
    );
    return {
      ...toNewContent(content),
      operation: this.#incoming === undefined ? "delete-range" : "update",
      metadata: metadata === undefined ? version.metadata : metadata,
      effect,
    };
  }

  readonly #holdsAfter: Judge = async (operation, effect) => {
    if (operation === "metadata") return true;
    if (operation !== "append" && operation !== "update" && operation !== "delete-range") {
      return false;
    }
    const theirs = await effect();
    if (theirs === undefined || this.#target === undefined) return false;
    const { bounds, rows } = this.#target;
    if (bounds === undefined) return leavesRows(theirs, rows);
    return theirs.index !== undefined && areApart(theirs.index, bounds);
  };

  async #change(stored: Content): Promise<Changed> {
    const joint = this.#join(stored);
    this.#target ??= updateTarget(stored, joint, this.#index, this.#options.range);
    const blocks = await this.#converter.convert(stored, joint, this.#options);
    const content = { ...stored, form: joint.form, blocks };
    const cuts = await this.#cut(content, joint, this.#target);
    const added = this.#incoming?.rows ?? 0;
    const items = planSplice(cuts, added > 0);
    const splice = { joint, rowsPerBlock: stored.rowsPerBlock, items };
    const extent = extentOf(cuts, added > 0);
    const { from, to } = extent;
    return {
      content: { ...content, blocks: await this.#splicer.splice(splice, this.#options) },
      effect: writeEffect({
        rows: { from, removed: to - from, added },
        index: this.#hull(cuts, this.#target),
      }),
    };
  }

  #join(stored: Content): Joint {
    if (this.#incoming !== undefined) {
      return joinForms(stored, this.#incoming, this.#options.schema ?? "strict");
    }
    const { handler, form } = stored;
    const { rowwise } = handler;
    if (rowwise !== undefined) {
      return { handler, rowwise, form, ...form, incoming: rowwise.empty(form.schema) };
    }
    throw new VersionStoreError(
      "invalid-argument",
      `an opaque value has no rows to delete handler=${handler.name}`,
    );
  }

  async #cut(
    content: Content,
    { rowwise }: Joint,
    { bounds, rows }: UpdateTarget,
  ): Promise<readonly BlockCut[]> {
    if (bounds === undefined) return cutsByRows(content.blocks, rows);
    this.#cutter ??= new IndexCutter(this.#context, bounds);
    return this.#cutter.cut(content, rowwise, this.#options);
  }

  #hull(cuts: readonly BlockCut[], { bounds }: UpdateTarget): IndexHull | undefined {
    if (bounds !== undefined) return { from: bounds.from, to: bounds.to };
    const touched = cuts.filter(({ removed }) => removed.length > 0);
    const facts = touched.reduce(
      (joined, { block }) => joinIndexFacts(joined, block.index),
      this.#index,
    );
    return facts && { from: facts.min, to: facts.max };
  }

  async #storeFresh(): Promise<Content> {
    const { symbol } = this.#transaction;
    if (this.#incoming !== undefined && this.#options.upsert === true) {
      return storeFresh(this.#context, this.#put, this.#incoming, this.#options);
    }
    throw new VersionStoreError(
      "no-data-found",
      `symbol has no value to change symbol=${JSON.stringify(symbol)}`,
      { details: { symbol } },
    );
  }
}
