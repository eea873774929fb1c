import type { CallOptions, Key } from "@foretile/storage";
import { isDamage } from "../collect/damage.ts";
import { equalBytes } from "../document/content-hash.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { segmentOwnerKey, type SegmentEntry } from "../manifest/manifest.ts";
import { fetchPackIndex } from "../placement/fetch-pack-index.ts";
import type { PackedSegment } from "../placement/read-pack-index.ts";
import { wholeMessage } from "./check-visitor.ts";
import type { Finding } from "./finding.ts";

/** Segments come pack by pack: more are hardly ever needed at a time. */
const INDEXES_KEPT = 64;

/** By offset and length: an empty segment starts where the next one does. */
type Index = ReadonlyMap<string, PackedSegment>;

/**
 * Checks what packs say of their segments. No reader needs that: it is what they could be saved by if their manifests were
 * lost. So what is wrong with a pack is told once, and its segments are sound.
 */
export class PackIndexes {
  readonly #context: LibraryContext;
  readonly #add: (finding: Finding) => void;
  readonly #options: CallOptions;
  /** The last ones, the newest last; `undefined` for one that cannot be read. */
  readonly #indexes = new Map<Key, Promise<Index | undefined>>();
  readonly #told = new Set<Key>();

  constructor(context: LibraryContext, add: (finding: Finding) => void, options: CallOptions) {
    this.#context = context;
    this.#add = add;
    this.#options = { signal: options.signal };
  }

  /**
   * Compares an entry of a manifest and its bytes with what their pack says.
   *
   * @param packBytes of the whole pack
   */
  async check(entry: SegmentEntry, packBytes: number, bytes: Uint8Array): Promise<void> {
    if (entry.location?.kind !== "pack") return;
    const { offset } = entry.location;
    const key = segmentOwnerKey(entry);
    const index = await this.#indexOf(key, packBytes);
    if (index === undefined) return;
    const found = index.get(`${offset}+${entry.length}`);
    const hash = this.#context.checksum.hash128(bytes);
    if (found !== undefined && equalBytes(found.hash, hash)) return;
    const what = found === undefined ? "does not name a segment" : "has another hash of one";
    this.#tell(key, entry, `index of the pack ${what} offset=${offset} length=${entry.length}`);
  }

  #indexOf(key: Key, packBytes: number): Promise<Index | undefined> {
    const known = this.#indexes.get(key) ?? this.#fetch(key, packBytes);
    this.#indexes.delete(key);
    this.#indexes.set(key, known);
    const [oldest] = this.#indexes.keys();
    if (this.#indexes.size > INDEXES_KEPT && oldest !== undefined) this.#indexes.delete(oldest);
    return known;
  }

  async #fetch(key: Key, packBytes: number): Promise<Index | undefined> {
    try {
      const segments = await fetchPackIndex(this.#context, key, packBytes, this.#options);
      return new Map(
        segments.map((segment) => [`${segment.offset}+${segment.length}`, segment] as const),
      );
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#tell(key, undefined, wholeMessage(error));
      return undefined;
    }
  }

  #tell(key: Key, entry: SegmentEntry | undefined, what: string): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    const message = `${what}; its segments are read without it, and could not be saved without their manifests`;
    const transactionId = entry?.transactionId;
    this.#add({ severity: "warning", kind: "pack-index", key, transactionId, message });
  }
}
