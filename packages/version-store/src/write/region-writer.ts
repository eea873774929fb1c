import type { CallOptions } from "@foretile/storage";
import type { Block } from "../content/block.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { BlockForm } from "./encode-segments.ts";
import { cutEvenly, cutSpans, rowsOfSpans, type Span } from "./spans.ts";
import { storeBlocks, type PutSegment } from "./store-blocks.ts";

/**
 * Stores rows that come span by span as blocks of about equal length. Holds back at most two full blocks and the last
 * span.
 */
export class RegionWriter {
  readonly #context: LibraryContext;
  readonly #put: PutSegment;
  readonly #form: BlockForm;
  readonly #rowsPerBlock: number;
  readonly #blocks: Block[] = [];
  #held: readonly Span[] = [];

  constructor(context: LibraryContext, put: PutSegment, form: BlockForm, rowsPerBlock: number) {
    this.#context = context;
    this.#put = put;
    this.#form = form;
    this.#rowsPerBlock = rowsPerBlock;
  }

  async add(span: Span, options?: CallOptions): Promise<void> {
    this.#held = [...this.#held, span];
    const full = Math.floor(rowsOfSpans(this.#held) / this.#rowsPerBlock) - 1;
    if (full < 1) return;
    const pieces = cutSpans(this.#held, this.#rowsPerBlock);
    this.#held = pieces.slice(full).flat();
    await this.#store(pieces.slice(0, full), options);
  }

  /** Stores what is held back. @returns the blocks of all rows since the last end */
  async end(options?: CallOptions): Promise<readonly Block[]> {
    const pieces = cutEvenly(this.#held, this.#rowsPerBlock);
    this.#held = [];
    await this.#store(pieces, options);
    return this.#blocks.splice(0);
  }

  async #store(pieces: readonly Span[][], options?: CallOptions): Promise<void> {
    const plan = pieces.map((spans) => ({ spans }));
    this.#blocks.push(...(await storeBlocks(this.#context, this.#put, this.#form, plan, options)));
  }
}
