import { createHash } from "node:crypto";

import type {
  CommitBase,
  Manifest,
  NewContent,
  SegmentEntry,
  Transaction,
} from "@foretile/version-store";
import { equalBytes, SEGMENT_HASH_BYTES, type SegmentVerifier } from "@foretile/version-store";
import { createSeededRandom } from "@foretile/testkit";

/**
 * Contents of which every byte follows from a name, so that any version can be checked by itself.
 *
 * A segment's name ends with its length, as in `a.12.3/0:1024`, and stands in its facts.
 */

const HANDLER = "named";

const SEPARATOR = "\n";

export function segmentName(commit: string, index: number, length: number): string {
  return `${commit}/${index}:${length}`;
}

/** The name under which a segment was stored. */
export function nameOf({ facts }: SegmentEntry): string {
  return typeof facts === "string" ? facts : "nobody";
}

/** A 32-bit number that follows from a text. */
export function seedOf(text: string): number {
  let seed = 0;
  for (let index = 0; index < text.length; index += 1) {
    seed = (Math.imul(seed, 31) + text.charCodeAt(index)) | 0;
  }
  return seed;
}

export function bytesOf(name: string): Uint8Array {
  const bytes = new Uint8Array(Number(name.slice(name.lastIndexOf(":") + 1)));
  const random = createSeededRandom(seedOf(name));
  const step = random.nextUint32() | 1;
  let value = random.nextUint32();
  for (let index = 0; index < bytes.length; index += 1) {
    value = (value + step) | 0;
    bytes[index] = value >>> 13;
  }
  return bytes;
}

export function hashOf(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest().subarray(0, SEGMENT_HASH_BYTES);
}

/** Stores the segments of some names. */
export function putNamed(
  transaction: Transaction,
  names: readonly string[],
): Promise<SegmentEntry[]> {
  return Promise.all(
    names.map((name) => {
      const bytes = bytesOf(name);
      return transaction.putSegment(bytes, hashOf(bytes), { facts: name });
    }),
  );
}

/** For checks of a library's segments. */
export const SEGMENT_VERIFIERS: ReadonlyMap<string, SegmentVerifier> = new Map([
  [
    HANDLER,
    (bytes: Uint8Array, entry: SegmentEntry) => {
      if (!equalBytes(bytes, bytesOf(nameOf(entry)))) throw new Error("segment has other bytes");
    },
  ],
]);

/** The content that consists of these segments. */
export function contentOf(
  segments: readonly SegmentEntry[],
): NewContent & { readonly manifest: Manifest } {
  const identity = identityOf(segments);
  return {
    manifest: { handler: HANDLER, body: segments.length, segments },
    identity,
    rawBytes: segments.reduce((sum, { length }) => sum + length, 0),
    rows: segments.length,
  };
}

export function identityOf(segments: readonly SegmentEntry[]): Uint8Array {
  return new TextEncoder().encode(segments.map(nameOf).join(SEPARATOR));
}

/** The segments that a commit finds. */
export async function segmentsOf(base: CommitBase): Promise<readonly SegmentEntry[]> {
  return (await base.version())?.manifest.segments ?? [];
}
