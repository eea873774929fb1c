import type { CommitBase } from "../commit/commit-base.ts";
import type { CommitOptions } from "../commit/commit-options.ts";
import type { CommitResult } from "../commit/queued-commit.ts";
import type { Transaction } from "../commit/transaction.ts";
import type { VersionContent } from "../commit/version-content.ts";
import type { SegmentEntry } from "../manifest/manifest.ts";

/** What a commit made, and what it took to store it. */
export interface StoreResult extends CommitResult {
  /** Segments that this commit stored; 0 when nothing was published. */
  readonly newSegments: number;
  /** Segments of the version that were there before; 0 when nothing was published. */
  readonly sharedSegments: number;
  /** Bytes of the new segments. */
  readonly newBytes: number;
}

/** Commits, and counts what the version that was published consists of. */
export async function commitCounted(
  transaction: Transaction,
  build: (base: CommitBase) => Promise<VersionContent>,
  options: CommitOptions,
): Promise<StoreResult> {
  let segments: readonly SegmentEntry[] = [];
  const result = await transaction.commit(async (base) => {
    const content = await build(base);
    segments = "manifest" in content ? content.manifest.segments : [];
    return content;
  }, options);
  if (!result.changed) return withoutSegments(result);
  const added = segments.filter(({ transactionId }) => transactionId === transaction.id);
  return {
    ...result,
    newSegments: added.length,
    sharedSegments: segments.length - added.length,
    newBytes: added.reduce((sum, { length }) => sum + length, 0),
  };
}

/** The result of a change that stored nothing. */
export function withoutSegments(result: CommitResult): StoreResult {
  return { ...result, newSegments: 0, sharedSegments: 0, newBytes: 0 };
}
