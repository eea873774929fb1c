import type { WalkedVersion } from "../collect/walk.ts";
import type { Head } from "../head/head.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import type { Finding } from "./finding.ts";

/** What is known of the versions of one head that were met so far, newest first. */
interface Boundary {
  /** The oldest entry so far, and its document unless that is damaged or was met before. */
  readonly entry: VersionEntry;
  readonly walked: WalkedVersion | undefined;
}

/**
 * Checks that the versions of each head follow each other: numbers and times increase from the oldest entry of the
 * oldest page to the head itself, and each version was built on the one before it, or on one after that which was
 * removed since.
 */
export class VersionOrder {
  readonly #boundaries = new Map<string, Boundary>();
  readonly #add: (finding: Finding) => void;

  constructor(add: (finding: Finding) => void) {
    this.#add = add;
  }

  /** Begins a head, perhaps once more. */
  begin({ symbol, recent, lastCommittedAtMs }: Head): void {
    this.#boundaries.delete(symbol);
    const newest = recent.at(-1);
    if (newest === undefined || newest.committedAtMs <= lastCommittedAtMs) return;
    this.#add({
      severity: "error",
      kind: "order",
      symbol,
      version: newest.version,
      message: "the newest version is younger than the head says any version is",
    });
  }

  /** Takes the entries of one page, oldest first; pages come newest first. */
  addPage(
    symbol: string,
    entries: readonly VersionEntry[],
    walked: readonly (WalkedVersion | undefined)[],
  ): void {
    for (let index = entries.length - 1; index >= 0; index -= 1) {
      const entry = entries[index];
      if (entry === undefined) continue;
      const newer = this.#boundaries.get(symbol);
      if (newer !== undefined) this.#compare(symbol, entry, newer);
      this.#boundaries.set(symbol, { entry, walked: walked[index] });
    }
  }

  #compare(symbol: string, older: VersionEntry, { entry: newer, walked }: Boundary): void {
    if (older.version >= newer.version || older.committedAtMs >= newer.committedAtMs) {
      this.#add({
        severity: "error",
        kind: "order",
        symbol,
        version: newer.version,
        message: `the version before it has the number ${older.version} and is as young or younger`,
      });
      return;
    }
    if (walked === undefined) return;
    const { baseVersion, baseCommitId } = walked.document;
    const isBuiltOn = baseVersion === older.version && baseCommitId === older.commitId;
    if (isBuiltOn || (baseVersion > older.version && baseVersion < newer.version)) return;
    this.#add({
      severity: "error",
      kind: "base-chain",
      symbol,
      version: newer.version,
      key: newer.document.key,
      message: `it says it was built on version ${baseVersion}, but comes after version ${older.version}`,
    });
  }
}
