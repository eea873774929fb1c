import { equalBytes } from "../document/content-hash.ts";
import { listVersions } from "../version/list-versions.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import type { CopyJob } from "./copy-job.ts";

/** A version that shall be at the target. */
export interface WantedVersion {
  readonly entry: VersionEntry;
  /** A snapshot through which it can be read, where it cannot be read by number. */
  readonly snapshot: string | undefined;
}

/** What is to be done about one symbol. */
export interface SymbolPlan {
  /** Oldest first. */
  readonly copy: readonly WantedVersion[];
  /** What the target has already, oldest first. */
  readonly present: readonly WantedVersion[];
  /** What the target cannot get any more, since it has later versions. */
  readonly tooLate: readonly WantedVersion[];
  /** The target's newest version when it is one of the source's, `undefined` otherwise. */
  readonly newest: VersionEntry | undefined;
  /** The number under which the target has something else; nothing may be copied then. */
  readonly diverged: number | undefined;
}

/**
 * The versions of a symbol that are wanted: those that can be read by number, as many as the job asks for, and those
 * that snapshots pin.
 *
 * @returns oldest first
 */
export async function wantedVersions(
  { source, versions, call }: CopyJob,
  symbol: string,
  pinned: readonly WantedVersion[],
): Promise<readonly WantedVersion[]> {
  const last = versions === "newest" ? 1 : versions === "all" ? undefined : versions.last;
  const wanted = new Map(pinned.map((pin) => [pin.entry.version, pin]));
  const listing = source.listVersions(symbol, { ...call, skipSnapshots: true, limit: last });
  for await (const batch of listing) {
    for (const entry of batch) wanted.set(entry.version, { entry, snapshot: undefined });
  }
  const ordered = [...wanted.values()].sort((a, b) => a.entry.version - b.entry.version);
  // A delete that nothing comes before says nothing.
  const first = ordered.findIndex(({ entry }) => entry.operation !== "delete");
  return first === -1 ? [] : ordered.slice(first);
}

/** Compares what is wanted with what the target has. */
export async function planSymbol(
  job: CopyJob,
  symbol: string,
  wanted: readonly WantedVersion[],
): Promise<SymbolPlan> {
  const oldest = wanted[0]?.entry.version ?? Infinity;
  const there = await entriesOfTarget(job, symbol, oldest);
  const newest = there.newest;
  const plan = {
    copy: wanted.filter(({ entry }) => entry.version > (newest?.version ?? 0)),
    present: wanted.filter(({ entry }) => isSameVersion(entry, there.entries.get(entry.version))),
    tooLate: wanted.filter(
      ({ entry }) => entry.version < (newest?.version ?? 0) && !there.entries.has(entry.version),
    ),
  };
  const clash = wanted.find(({ entry }) => {
    const other = there.entries.get(entry.version);
    return other !== undefined && !isSameVersion(entry, other);
  });
  if (clash !== undefined) return { ...plan, newest: undefined, diverged: clash.entry.version };
  if (newest === undefined || plan.copy.length === 0) {
    return { ...plan, newest: undefined, diverged: undefined };
  }
  const original = await findOriginal(job, symbol, wanted, newest.version);
  return isSameVersion(newest, original)
    ? { ...plan, newest, diverged: undefined }
    : { ...plan, newest: undefined, diverged: newest.version };
}

/** Whether two entries are of one commit, or at least of one content: a library is often made with the same labels. */
export function isSameVersion(entry: VersionEntry, other: VersionEntry | undefined): boolean {
  if (other === undefined || entry.version !== other.version) return false;
  return entry.commitId === other.commitId || equalBytes(entry.contentHash, other.contentHash);
}

interface TargetEntries {
  readonly newest: VersionEntry | undefined;
  readonly entries: ReadonlyMap<number, VersionEntry>;
}

/** The target's newest version, and all from a number on. */
async function entriesOfTarget(
  { target, call }: CopyJob,
  symbol: string,
  oldest: number,
): Promise<TargetEntries> {
  const entries = new Map<number, VersionEntry>();
  let newest: VersionEntry | undefined;
  const options = { ...call, skipSnapshots: true, includeDeleted: true };
  for await (const batch of listVersions(target, symbol, options)) {
    newest ??= batch[0];
    for (const entry of batch) {
      if (entry.version >= oldest) entries.set(entry.version, entry);
    }
    if ((batch.at(-1)?.version ?? 0) < oldest) break;
  }
  return { newest, entries };
}

/** The source's version of a number, wanted or not. */
async function findOriginal(
  { source, call }: CopyJob,
  symbol: string,
  wanted: readonly WantedVersion[],
  version: number,
): Promise<VersionEntry | undefined> {
  const known = wanted.find(({ entry }) => entry.version === version);
  if (known !== undefined) return known.entry;
  const options = { ...call, skipSnapshots: true, includeDeleted: true };
  const listing = source.listVersions(symbol, { ...options, before: version + 1, limit: 1 });
  for await (const [entry] of listing) return entry;
  return undefined;
}
