import type { CallOptions } from "@foretile/storage";
import type { Block } from "../content/block.ts";
import { sameForm } from "../content/content.ts";
import { readValue } from "../content/read-value.ts";
import type { StoredForm } from "../handler/stored-form.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { segmentEntryKey } from "../manifest/manifest.ts";
import { RegionWriter } from "./region-writer.ts";
import type { Joint } from "./rowwise-value.ts";
import type { SpliceItem } from "./splice-plan.ts";
import type { PutSegment } from "./store-blocks.ts";

/** What to make of the blocks of a value. */
export interface Splice {
  readonly joint: Joint;
  readonly rowsPerBlock: number;
  /** Their blocks have the form of `joint`. */
  readonly items: readonly SpliceItem[];
}

/**
 * Puts the blocks of a changed value together: whole ones as they are, everything between them stored anew. What was
 * stored for an attempt that lost its race is used again by the next one.
 */
export class BlockSplicer {
  readonly #context: LibraryContext;
  readonly #put: PutSegment;
  #form: StoredForm | undefined;
  readonly #stored = new Map<string, readonly Block[]>();

  constructor(context: LibraryContext, put: PutSegment) {
    this.#context = context;
    this.#put = put;
  }

  async splice(splice: Splice, options?: CallOptions): Promise<readonly Block[]> {
    const { joint, items } = splice;
    if (this.#form === undefined || !sameForm(this.#form, joint.form)) this.#stored.clear();
    this.#form = joint.form;
    const blocks: Block[] = [];
    let region: SpliceItem[] = [];
    for (const item of items) {
      if (item.kind !== "block") {
        region.push(item);
        continue;
      }
      blocks.push(...(await this.#storeRegion(splice, region, options)), item.block);
      region = [];
    }
    blocks.push(...(await this.#storeRegion(splice, region, options)));
    return blocks;
  }

  async #storeRegion(
    { joint, rowsPerBlock }: Splice,
    region: readonly SpliceItem[],
    options?: CallOptions,
  ): Promise<readonly Block[]> {
    const name = region.map(nameOf).join("|");
    const known = this.#stored.get(name);
    if (known !== undefined) return known;
    const writer = new RegionWriter(this.#context, this.#put, joint, rowsPerBlock);
    let last: { readonly block: Block; readonly value: unknown } | undefined;
    for (const item of region) {
      if (item.kind === "incoming") {
        const rows = { from: 0, to: joint.handler.rowCount(joint.incoming) };
        await writer.add({ value: joint.incoming, rows }, options);
      } else if (item.kind === "rest") {
        const { block, rows } = item;
        if (last?.block !== block) {
          last = { block, value: await readValue(this.#context, joint, [block], options) };
        }
        await writer.add({ value: last.value, rows }, options);
      }
    }
    const blocks = await writer.end(options);
    this.#stored.set(name, blocks);
    return blocks;
  }
}

function nameOf(item: SpliceItem): string {
  if (item.kind === "incoming") return item.kind;
  const keys = item.block.segments.map(({ entry }) => segmentEntryKey(entry)).join(" ");
  return item.kind === "rest" ? `${keys} ${item.rows.from}-${item.rows.to}` : keys;
}
