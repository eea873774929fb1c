import type { CallOptions } from "@foretile/storage";
import type { Block } from "../content/block.ts";
import type { Content } from "../content/content.ts";
import { allLanes } from "../content/read-value.ts";
import { readBlocks } from "../content/read-blocks.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { segmentEntryKey } from "../manifest/manifest.ts";
import type { Joint } from "./rowwise-value.ts";
import { storeBlocks, type PutSegment } from "./store-blocks.ts";

/** Stores the blocks of a value anew in a wider form, and remembers those it did. */
export class BlockConverter {
  readonly #context: LibraryContext;
  readonly #put: PutSegment;
  readonly #flush: () => Promise<void>;
  /** By the key of the block's first segment. */
  readonly #converted = new Map<string, Block>();

  /** @param flush resolves when what was put can be read back */
  constructor(context: LibraryContext, put: PutSegment, flush: () => Promise<void>) {
    this.#context = context;
    this.#put = put;
    this.#flush = flush;
  }

  /** The blocks of `stored` in the form of `joint`; one block at a time is in memory. */
  async convert(stored: Content, joint: Joint, options?: CallOptions): Promise<readonly Block[]> {
    if (joint.convertOld === undefined) return stored.blocks;
    const { handler, form, blocks } = stored;
    const todo = blocks.filter((block) => !this.#converted.has(keyOf(block)));
    const wanted = todo.map((block) => ({ block }));
    let position = 0;
    for await (const read of readBlocks(this.#context, wanted, allLanes(form), options)) {
      const value = joint.convertOld(handler.assemble(form, [read]));
      const spans = [{ value, rows: { from: 0, to: read.rows } }];
      const [converted] = await storeBlocks(
        this.#context,
        this.#put,
        { handler, lanes: joint.lanes },
        [{ spans }],
        options,
      );
      const block = todo[position];
      position += 1;
      if (block && converted) this.#converted.set(keyOf(block), converted);
    }
    // Whoever builds on the blocks may read them.
    if (todo.length > 0) await this.#flush();
    return blocks.map((block) => this.#converted.get(keyOf(block)) ?? block);
  }
}

function keyOf({ segments: [first] }: Block): string {
  return first === undefined ? "" : segmentEntryKey(first.entry);
}
