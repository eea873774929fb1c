import type { CallOptions } from "@foretile/storage";
import type { Block } from "../content/block.ts";
import type { Content } from "../content/content.ts";
import { readBlocks } from "../content/read-blocks.ts";
import type { RowwiseOperations } from "../handler/rowwise-operations.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { segmentEntryKey } from "../manifest/manifest.ts";
import { boundsMeet, type IndexBounds } from "../value/index-bounds.ts";
import type { RowRange } from "../value/row-range.ts";
import type { BlockCut } from "./block-cuts.ts";

/** What was found in the index of a block that is partly within the bounds. */
interface PartlyWithin {
  readonly removed: readonly RowRange[];
  /** The first row that is within the bounds or after them; `undefined` when all come before. */
  readonly first: number | undefined;
}

/**
 * Finds the cuts of a change that replaces the rows whose index is within bounds, wherever they are. New rows go before
 * the first row that is within the bounds or after them. Only the index of blocks that are partly within is read, once.
 */
export class IndexCutter {
  readonly #context: LibraryContext;
  readonly #bounds: IndexBounds;
  readonly #notBefore: IndexBounds;
  /** By the key of the block's first segment. */
  readonly #found = new Map<string, PartlyWithin>();

  constructor(context: LibraryContext, bounds: IndexBounds) {
    this.#context = context;
    this.#bounds = bounds;
    this.#notBefore = { ...bounds, to: undefined };
  }

  async cut(
    content: Content,
    rowwise: RowwiseOperations<unknown>,
    options?: CallOptions,
  ): Promise<BlockCut[]> {
    const cuts: BlockCut[] = [];
    let isPlaced = false;
    for (const block of content.blocks) {
      const { removed, first } = await this.#find(content, rowwise, block, options);
      cuts.push({ block, removed, insertAt: isPlaced ? undefined : first });
      isPlaced ||= first !== undefined;
    }
    return cuts;
  }

  async #find(
    content: Content,
    rowwise: RowwiseOperations<unknown>,
    block: Block,
    options?: CallOptions,
  ): Promise<PartlyWithin> {
    const relation = relate(block, this.#bounds, this.#notBefore);
    if (relation === "before") return { removed: [], first: undefined };
    if (relation === "after") return { removed: [], first: 0 };
    if (relation === "within") return { removed: [{ from: 0, to: block.rows }], first: 0 };
    const [segment] = block.segments;
    const key = segment === undefined ? "" : segmentEntryKey(segment.entry);
    const known = this.#found.get(key) ?? (await this.#read(content, rowwise, block, options));
    this.#found.set(key, known);
    return known;
  }

  async #read(
    { handler, form }: Content,
    rowwise: RowwiseOperations<unknown>,
    block: Block,
    options?: CallOptions,
  ): Promise<PartlyWithin> {
    const lanes = new Set(rowwise.lanesFor(form, { columns: [] }));
    const wanted = [{ block }];
    let found: PartlyWithin = { removed: [], first: undefined };
    for await (const read of readBlocks(this.#context, wanted, lanes, options)) {
      const index = handler.assemble(form, [read], { columns: [] });
      found = {
        removed: rowwise.rowsWithin(index, this.#bounds),
        first: rowwise.rowsWithin(index, this.#notBefore)[0]?.from,
      };
    }
    return found;
  }
}

type Relation = "before" | "after" | "within" | "partly";

function relate({ index }: Block, bounds: IndexBounds, notBefore: IndexBounds): Relation {
  if (index === undefined) return "partly";
  const { min, max } = index;
  const least = { min, max: min };
  const greatest = { min: max, max };
  if (!boundsMeet(notBefore, greatest)) return "before";
  if (boundsMeet(bounds, least) && boundsMeet(bounds, greatest)) return "within";
  // All rows come after the range when the least does, and the least is not in it.
  if (boundsMeet(notBefore, least) && !boundsMeet(bounds, least)) return "after";
  return "partly";
}
