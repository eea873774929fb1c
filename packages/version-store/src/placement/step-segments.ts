import type { SegmentEntry } from "../manifest/manifest.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { FoundSegment } from "./fetch-segments.ts";
import type { ReadStep, SegmentGroup } from "./plan-reads.ts";

/** The segments of a group, or why they are not all there. */
export type SegmentGroupResult =
  | {
      /** In the order of the group. They may be views of one larger buffer, which belongs to the caller. */
      readonly segments: readonly Uint8Array[];
      readonly error?: undefined;
      readonly entry?: undefined;
    }
  | {
      readonly segments?: undefined;
      /** `data-integrity`: the first of the group that is missing or cut off. */
      readonly error: VersionStoreError;
      /** The one that the error is about. */
      readonly entry: SegmentEntry;
    };

/** What the reads of one step brought, in whatever order, as results of its groups. */
export class StepSegments {
  readonly #groups: readonly SegmentGroup[];
  readonly #found = new Map<SegmentEntry, FoundSegment>();

  constructor(groups: readonly SegmentGroup[], { first, end }: ReadStep) {
    this.#groups = groups.slice(first, end);
  }

  /** @param segments one for each entry */
  add(entries: readonly SegmentEntry[], segments: readonly FoundSegment[]): void {
    for (const [index, entry] of entries.entries()) {
      const segment = segments[index];
      if (segment !== undefined) this.#found.set(entry, segment);
    }
  }

  results(): SegmentGroupResult[] {
    return this.#groups.map((group) => this.#resultOf(group));
  }

  #resultOf(group: SegmentGroup): SegmentGroupResult {
    const segments: Uint8Array[] = [];
    for (const entry of group) {
      const segment = this.#found.get(entry);
      if (segment === undefined || segment instanceof VersionStoreError) {
        return {
          error: segment ?? new VersionStoreError("data-integrity", "segment was not read"),
          entry,
        };
      }
      segments.push(segment);
    }
    return { segments };
  }
}
