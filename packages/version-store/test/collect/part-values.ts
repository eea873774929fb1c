import { createHash } from "node:crypto";
import { Transaction } from "../../src/commit/transaction.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { readSegment } from "../../src/placement/read-segment.ts";
import type { AsOf } from "../../src/version/as-of.ts";
import { resolveVersion } from "../../src/version/resolve-version.ts";
import { VersionStoreError } from "../../src/version-store-error.ts";

/**
 * Values that are lists of texts, one segment a text. A text that the version before has, is the same segment, so what
 * is deleted too early is missed by somebody.
 */
export const PARTS_HANDLER = "parts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What an entry of a segment is known by: 16 bytes. */
function hashOfPart(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest().subarray(0, 16));
}

/** Commits a list of texts. @returns the version's number */
export async function commitParts(
  context: LibraryContext,
  symbol: string,
  parts: readonly string[],
): Promise<number> {
  await using transaction = await Transaction.begin(context, symbol);
  return await commitPartsIn(transaction, parts);
}

/** Commits a list of texts in a transaction that was begun before. */
export async function commitPartsIn(
  transaction: Transaction,
  parts: readonly string[],
): Promise<number> {
  const { version } = await transaction.commit(async (base) => {
    const before = await base.version();
    const body = before?.manifest.handler === PARTS_HANDLER ? before.manifest.body : [];
    const names = body as readonly string[];
    const known = new Map(names.map((name, index) => [name, before?.manifest.segments[index]]));
    const segments = await Promise.all(
      parts.map(async (part) => {
        const bytes = encoder.encode(part);
        return known.get(part) ?? transaction.putSegment(bytes, hashOfPart(bytes));
      }),
    );
    return {
      manifest: { handler: PARTS_HANDLER, body: parts, segments },
      identity: encoder.encode(parts.join()),
      rawBytes: parts.join("").length,
    };
  });
  return version;
}

/** The texts of a version, read from its segments; the code of the error that reading gives. */
export async function partsAt(
  context: LibraryContext,
  symbol: string,
  asOf?: AsOf,
): Promise<readonly string[] | string> {
  try {
    const { manifest } = await resolveVersion(context, symbol, { asOf });
    const bytes = await Promise.all(
      manifest.segments.map((segment) => readSegment(context, segment)),
    );
    return bytes.map((part) => decoder.decode(part));
  } catch (error) {
    return (error as VersionStoreError).code;
  }
}

/** Checks a segment of such a value. */
export function verifyPart(bytes: Uint8Array, hash: Uint8Array): void {
  if (Buffer.from(hashOfPart(bytes)).equals(hash)) return;
  throw new VersionStoreError("data-integrity", "text is another one");
}
