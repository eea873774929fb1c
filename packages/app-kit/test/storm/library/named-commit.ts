import {
  isVersionStoreError,
  toHex,
  type CommitBase,
  type CommitResult,
  type Library,
  type SegmentEntry,
  type VersionContent,
  type VersionStoreErrorCode,
} from "@foretile/version-store";

import { putNamed } from "./named-segments.ts";
import type { CommitLine } from "./told-lines.ts";
import { tell } from "./worker-side.ts";

/** A commit under a name of its own. */
export interface NamedCommit {
  readonly name: string;
  readonly symbol: string;
  /** Names of the segments it stores. */
  readonly segments: readonly string[];
  readonly build: (
    base: CommitBase,
    own: readonly SegmentEntry[],
  ) => VersionContent | Promise<VersionContent>;
  readonly expectedVersion?: number | undefined;
  /** Done between the uploads and the commit. */
  readonly meanwhile?: (() => Promise<void>) | undefined;
}

/** Makes a commit, and tells what became of it before anything else happens. */
export function makeCommit(library: Library, commit: NamedCommit): Promise<CommitLine> {
  const { name, symbol, segments, build, expectedVersion, meanwhile } = commit;
  return tellOutcome(name, symbol, async () => {
    await using transaction = await library.begin(symbol);
    const own = await putNamed(transaction, segments);
    await meanwhile?.();
    const options = { message: name, expectedVersion };
    return await transaction.commit((base) => build(base, own), options);
  });
}

/** Others were faster too often, or this process was too slow: both are told to have had no effect. */
const refusals: readonly VersionStoreErrorCode[] = [
  "concurrent-modification",
  "transaction-expired",
];

/**
 * Makes a version in whatever way, and tells what became of it before anything else happens.
 *
 * @param name must be the version's message
 * @param alsoRefused codes besides the usual ones that say it had no effect
 */
export async function tellOutcome(
  name: string,
  symbol: string,
  make: () => Promise<CommitResult>,
  alsoRefused: readonly VersionStoreErrorCode[] = [],
): Promise<CommitLine> {
  const line = await outcomeOf(name, symbol, make, [...refusals, ...alsoRefused]);
  tell(line);
  return line;
}

async function outcomeOf(
  name: string,
  symbol: string,
  make: () => Promise<CommitResult>,
  refused: readonly VersionStoreErrorCode[],
): Promise<CommitLine> {
  try {
    return lineOf(name, symbol, await make());
  } catch (error) {
    if (!isVersionStoreError(error, ...refused)) throw error;
    return { did: "refused", name, symbol, code: error.code };
  }
}

function lineOf(name: string, symbol: string, result: CommitResult): CommitLine {
  const { version, commitId, contentHash, changed, cleanupError } = result;
  if (cleanupError !== undefined) throw cleanupError;
  if (!changed) return { did: "refused", name, symbol, code: "unchanged" };
  return { did: "committed", name, symbol, version, commitId, content: toHex(contentHash) };
}
