import { createLimiter } from "@foretile/resilience";
import type { CallOptions, RefEntry } from "@foretile/storage";
import type { DocumentPointer } from "../document/blob-documents.ts";
import type { Head, Removal } from "../head/head.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { SegmentEntry } from "../manifest/manifest.ts";
import type { DroppedSet, SnapshotRecord } from "../snapshot/snapshot-record.ts";
import type { VersionDocument } from "../version/version-document.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import { isDamage, type Damage } from "./damage.ts";

/** Documents are small: this many reads keep a link busy. */
export const READS_AT_ONCE = 16;

/** A record that keeps changing while it is walked is walked again at most this often. */
const MAX_STARTS = 4;

/** The version through which a walk came to something. */
export interface VersionPlace {
  readonly symbol: string;
  readonly version: number;
  /** The snapshot that pins it, when the walk came through one. */
  readonly snapshot: string | undefined;
}

/** The manifest through which a walk came to segments. */
export interface SegmentPlace extends VersionPlace {
  readonly handler: string;
}

/** A version that a walk read. */
export interface WalkedVersion {
  readonly place: VersionPlace;
  readonly entry: VersionEntry;
  readonly document: VersionDocument;
  /** Bytes of all its segments; `undefined` when some of its pages were met before, through another version. */
  readonly segmentBytes: number | undefined;
}

/** Who walks, and what for. */
export interface Visitor {
  /**
   * A document is about to be read.
   *
   * @returns `false` when it was met before, so that it is not read again
   * @throws {VersionStoreError} `data-integrity` when it cannot be a document of a library
   */
  enter(pointer: DocumentPointer): boolean;
  /** Something at or below a document is damaged: it counts as not met. */
  leave(pointer: DocumentPointer): void;
  /** @returns whether to walk what the removal names */
  removal(symbol: string, removal: Removal): boolean;
  /** @returns whether to walk what the set names */
  droppedSet(record: SnapshotRecord, set: DroppedSet): boolean;
  /** Segments that a version consists of; each page of a manifest is given once. @returns what is wrong with them */
  segments(
    entries: readonly SegmentEntry[],
    place: SegmentPlace,
  ): readonly Damage[] | Promise<readonly Damage[]>;
  /** Told once the walk is sure that it is not just a page that a newer head replaced. */
  damaged(damage: Damage): void;
  head?(head: Head): void;
  /** Entries of one page of a head, or of the head itself, oldest first; later calls bring older ones. */
  entries?(
    symbol: string,
    entries: readonly VersionEntry[],
    walked: readonly (WalkedVersion | undefined)[],
  ): void;
  version?(version: WalkedVersion): void;
  snapshot?(record: SnapshotRecord): void;
}

/** One walk through a library, from heads and snapshots down to segment entries. */
export class Walk {
  readonly context: LibraryContext;
  readonly visitor: Visitor;
  readonly options: CallOptions;
  /** Documents that are being walked, by key: whether they are sound. */
  readonly #underWay = new Map<string, Promise<boolean>>();
  readonly #reads = createLimiter({ capacity: READS_AT_ONCE, maxQueued: Infinity });

  constructor(context: LibraryContext, visitor: Visitor, options: CallOptions) {
    this.context = context;
    this.visitor = visitor;
    this.options = { signal: options.signal };
  }

  /** Runs one read when there is room for it. */
  read<T>(operation: () => Promise<T>): Promise<T> {
    return this.#reads.run(operation, { signal: this.options.signal });
  }

  /**
   * Reads a document and goes on with it, unless it was met before.
   *
   * @param go on with what was read. @returns whether all below is sound
   * @returns whether the document and all below it is sound
   */
  async through<T>(
    pointer: DocumentPointer,
    place: Omit<Damage, "key" | "error">,
    damages: Damage[],
    read: () => Promise<T>,
    go: (value: T) => Promise<boolean>,
  ): Promise<boolean> {
    for (;;) {
      const other = this.#underWay.get(pointer.key);
      if (other === undefined) break;
      // What another one finds damaged is damaged here too, and told once more for this place.
      if (await other) return true;
    }
    const walking = this.#throughAlone(pointer, place, damages, async () =>
      go(await this.read(read)),
    );
    this.#underWay.set(pointer.key, walking);
    try {
      return await walking;
    } finally {
      this.#underWay.delete(pointer.key);
    }
  }

  async #throughAlone(
    pointer: DocumentPointer,
    place: Omit<Damage, "key" | "error">,
    damages: Damage[],
    walkIt: () => Promise<boolean>,
  ): Promise<boolean> {
    let entered = false;
    let sound = false;
    try {
      entered = this.visitor.enter(pointer);
      sound = !entered || (await walkIt());
    } catch (error) {
      if (!isDamage(error)) throw error;
      damages.push({ ...place, key: pointer.key, error });
    } finally {
      if (entered && !sound) this.visitor.leave(pointer);
    }
    return sound;
  }

  /**
   * Walks what hangs from a record. What looks like damage counts only when the record is still the same: what a newer
   * one does not name any more may be collected meanwhile.
   */
  async untilStable(
    ref: RefEntry,
    walkOnce: (value: Uint8Array, damages: Damage[]) => Promise<void>,
  ): Promise<void> {
    let { value, token } = ref;
    for (let start = 1; ; start += 1) {
      const damages: Damage[] = [];
      await walkOnce(value, damages);
      if (damages.length === 0) return;
      const now = await this.context.refs.read(ref.key, this.options);
      if (now === undefined || now.token === token || start === MAX_STARTS) {
        for (const damage of damages) this.visitor.damaged(damage);
        return;
      }
      ({ value, token } = now);
    }
  }
}
