import type { StoredBlock } from "../handler/stored-form.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { openRead, type ReadOptions } from "./open-read.ts";
import { tellExpiry } from "./tell-expiry.ts";
import { factsOfVersion, type VersionFacts } from "./version-facts.ts";

/** A value, and which version it is of. */
export interface ReadResult<V = unknown> extends VersionFacts {
  /** A frame, an array, or any other value. Belongs to the caller, who may change it. */
  readonly value: V;
}

/**
 * Reads a value or a part of it. Only the segments that hold what is wanted are fetched, and each is checked.
 *
 * A range that meets nothing gives no rows, with the schema kept. The fetched bytes and the value are in memory at the
 * same time: read what is larger in ranges, or block by block.
 *
 * @throws {VersionStoreError} `no-data-found`, `no-such-snapshot`, `no-such-column`, `not-append-only`; `invalid-range`
 *   for a reversed range, `invalid-argument` for a range of a value that has none; `data-integrity` naming the segment
 *   that is missing or damaged, `version-expired` when the version was removed and collected meanwhile,
 *   `unsupported-capability` for a version that is no typed value
 */
export async function read(
  context: LibraryContext,
  symbol: string,
  options: ReadOptions = {},
): Promise<ReadResult> {
  const { version, request } = await openRead(context, symbol, options);
  const blocks: StoredBlock[] = [];
  try {
    for await (const { stored } of request.fetch(context, options)) blocks.push(stored);
  } catch (error) {
    throw await tellExpiry(context, version, error, options);
  }
  return { ...factsOfVersion(version), value: request.assemble(blocks) };
}

/** The first `rows` rows; fetches no more than these need. */
export async function head(
  context: LibraryContext,
  symbol: string,
  rows: number,
  options: Omit<ReadOptions, "rowRange"> = {},
): Promise<ReadResult> {
  return read(context, symbol, { ...options, rowRange: { to: countOf(rows) } });
}

/** The last `rows` rows; fetches no more than these need. */
export async function tail(
  context: LibraryContext,
  symbol: string,
  rows: number,
  options: Omit<ReadOptions, "rowRange"> = {},
): Promise<ReadResult> {
  const count = countOf(rows);
  // There is no −0 to count from the end with.
  const rowRange = count === 0 ? { to: 0 } : { from: -count };
  return read(context, symbol, { ...options, rowRange });
}

function countOf(rows: number): number {
  if (Number.isSafeInteger(rows) && rows >= 0) return rows;
  throw new VersionStoreError(
    "invalid-argument",
    `number of rows must be a whole number of at least 0 rows=${rows}`,
  );
}
