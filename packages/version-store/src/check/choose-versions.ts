import type { VersionEntry } from "../version/version-entry.ts";

/** A version that may have been in a head that was lost. */
export interface VersionCandidate {
  readonly entry: VersionEntry;
  /** What it was built on; `version` 0 for nothing. `undefined` when its document cannot be read. */
  readonly base: { readonly version: number; readonly commitId: string | undefined } | undefined;
  /** What is left of the head names it. */
  readonly isListed: boolean;
  /**
   * It was published for certain: something names it, or its transaction is over, which deletes what it did not publish
   * before it ends.
   */
  readonly isPublished: boolean;
  /** Everything it needs is there. */
  readonly isComplete: boolean;
}

/** The versions that a rebuilt head lists. */
export interface ChosenVersions {
  /** Oldest first, each noting when it was replaced where a version after it is missing. */
  readonly entries: readonly VersionEntry[];
  /** Newest versions that may never have been published: their writers died at the moment of publishing, or just after. */
  readonly doubtful: readonly VersionCandidate[];
  /** Candidates that have no place among the others. */
  readonly leftOut: readonly VersionCandidate[];
}

/**
 * Finds out which versions a lost head listed.
 *
 * Each version names the one it was built on, so the newest that was published leads to those before it. Where that
 * trace is broken, because versions were removed and collected, it goes on with the next lower number. On top come
 * complete versions that were built on the newest one: readers may have seen them, and their writers were never told
 * that they failed.
 */
export function chooseVersions(candidates: readonly VersionCandidate[]): ChosenVersions {
  const published = closeOverBases(candidates);
  const chosen = followBases(published);
  const others = candidates.filter((other) => !published.has(other) && other.isComplete);
  const doubtful: VersionCandidate[] = [];
  for (;;) {
    const newest = doubtful.at(-1) ?? chosen.at(-1)?.candidate;
    const next = newestOf(others.filter((other) => isBuiltOn(other, newest)));
    if (next === undefined) break;
    doubtful.push(next);
  }
  const taken = new Set([...chosen.map(({ candidate }) => candidate), ...doubtful]);
  return {
    entries: [...chosen.map(entryOf), ...doubtful.map(({ entry }) => entry)],
    doubtful,
    leftOut: candidates.filter((candidate) => !taken.has(candidate)),
  };
}

/** Those that were published, and those they were built on: these were published before. */
function closeOverBases(candidates: readonly VersionCandidate[]): ReadonlySet<VersionCandidate> {
  const byCommit = new Map(candidates.map((candidate) => [candidate.entry.commitId, candidate]));
  const published = new Set(candidates.filter(({ isPublished }) => isPublished));
  for (const candidate of published) {
    const base = byCommit.get(candidate.base?.commitId ?? "");
    // A set that grows while it is walked is walked to its end.
    if (base !== undefined) published.add(base);
  }
  return published;
}

interface Chosen {
  readonly candidate: VersionCandidate;
  /** Whether the version after it, as published, is the one after it here. */
  readonly isFollowed: boolean;
}

/** @returns oldest first */
function followBases(candidates: Iterable<VersionCandidate>): readonly Chosen[] {
  const chosen: Chosen[] = [];
  let current: VersionCandidate | undefined;
  // What is passed over has no place further down either.
  for (const candidate of [...candidates].sort((left, right) => compare(right, left))) {
    if (current !== undefined && !mayComeBefore(candidate, current)) continue;
    const isFollowed = current === undefined || isBuiltOn(current, candidate);
    chosen.push({ candidate, isFollowed });
    current = candidate;
  }
  return chosen.toReversed();
}

/** Whether a version may be the one before another: what that was built on, or something older. */
function mayComeBefore(
  { entry, isListed }: VersionCandidate,
  { entry: newer, base }: VersionCandidate,
): boolean {
  if (entry.version >= newer.version || entry.committedAtMs >= newer.committedAtMs) return false;
  if (isListed || base === undefined || entry.version < base.version) return true;
  return entry.commitId === base.commitId;
}

function newestOf(candidates: readonly VersionCandidate[]): VersionCandidate | undefined {
  return candidates.toSorted(compare).at(-1);
}

/** By number; of several with one number, what the head names, then what is complete, then the latest. */
function compare(left: VersionCandidate, right: VersionCandidate): number {
  return (
    left.entry.version - right.entry.version ||
    Number(left.isListed) - Number(right.isListed) ||
    Number(left.isComplete) - Number(right.isComplete) ||
    left.entry.committedAtMs - right.entry.committedAtMs ||
    (left.entry.commitId < right.entry.commitId ? -1 : 1)
  );
}

function isBuiltOn({ base }: VersionCandidate, other: VersionCandidate | undefined): boolean {
  if (base === undefined) return false;
  return other === undefined ? base.version === 0 : base.commitId === other.entry.commitId;
}

function entryOf({ candidate: { entry }, isFollowed }: Chosen): VersionEntry {
  if (isFollowed || entry.replacedAtMs !== undefined) return entry;
  // When is not known any more: at no later time may it be taken for the newest.
  return { ...entry, replacedAtMs: entry.committedAtMs + 1 };
}
