import { BlobTable } from "../collect/blob-table.ts";
import { ownerName } from "../collect/mark.ts";
import { segmentEntryKey, type SegmentEntry } from "../manifest/manifest.ts";

/** Offsets in a pack are multiples of this; divided by it they fit the table's ordinals. */
const PACK_STEP = 16;

/** Stands for one segment in maps: cheap for those that there may be millions of. */
export type SegmentId = number | string;

/**
 * Which segments were met, whatever holds them: many of them share a pack or a list of cells. Takes about 26 bytes for
 * each in a pack, and its name for each cell.
 */
export class MetSegments {
  readonly #loose = new BlobTable();
  readonly #packed = new BlobTable();
  readonly #cells = new Set<string>();

  /**
   * Notes a segment.
   *
   * @returns its id, and whether it was not met before
   */
  meet(entry: SegmentEntry): { readonly id: SegmentId; readonly isNew: boolean } {
    const { location, transactionId, ordinal, length } = entry;
    if (location?.kind === "cell") {
      const id = segmentEntryKey(entry);
      const isNew = !this.#cells.has(id);
      this.#cells.add(id);
      return { id, isNew };
    }
    if (location === undefined) {
      const row = this.#loose.add(ownerName(entry), length);
      return { id: row, isNew: this.#loose.mark(row, "reached") };
    }
    // A pack stands for a transaction here, a place in it for a blob; an empty segment is where the next one starts.
    const area = length === 0 ? "s" : "k";
    const pack = `${transactionId} ${ordinal}`;
    const place = location.offset / PACK_STEP;
    const row = this.#packed.add({ area, transactionId: pack, ordinal: place }, length);
    return { id: -1 - row, isNew: this.#packed.mark(row, "reached") };
  }
}
