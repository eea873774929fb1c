import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { DocumentPointer } from "../document/blob-documents.ts";
import { DocumentReader } from "../document/document-reader.ts";
import { VersionStoreError } from "../version-store-error.ts";
import {
  decodePointer,
  decodeVersionEntries,
  encodePointer,
  encodeVersionEntries,
  type VersionEntry,
} from "../version/version-entry.ts";
import { decodeHistoryRun, encodeHistoryRun, type HistoryRun } from "./history-run.ts";

/** Why versions were removed: `prune` by a retention policy or by number, `delete` with their symbol. */
type RemovalReason = "prune" | "delete";

/** Versions that are not readable any more but not collected yet. */
export interface Removal {
  /** Names this removal, for taking it back. */
  readonly id: string;
  readonly reason: RemovalReason;
  readonly removedAtMs: number;
  /** Until then it can be taken back, and nothing of it is collected. */
  readonly keepUntilMs: number;
  /** A collector is deleting it: it cannot be taken back any more. */
  readonly condemned: boolean;
  /** How many versions. */
  readonly count: number;
  /** A page of their entries. */
  readonly page: DocumentPointer;
}

/** The one mutable record of a symbol. Changed only by compare-and-set, never deleted. */
export interface Head {
  readonly symbol: string;
  /** Changes with every change of the head, so that no two heads are ever equal. */
  readonly changeId: string;
  /** The highest version number that was ever given out; 0 before the first. */
  readonly lastVersion: number;
  /** When it was committed, by the label's rules: strictly increasing per symbol. */
  readonly lastCommittedAtMs: number;
  /** The newest versions, oldest first; empty only when there is no version at all. */
  readonly recent: readonly VersionEntry[];
  /** Everything older, oldest run first. */
  readonly history: readonly HistoryRun[];
  /** Oldest first. */
  readonly removals: readonly Removal[];
}

/** The head of a symbol that never had a version. */
export function emptyHead(symbol: string): Omit<Head, "changeId"> {
  return {
    symbol,
    lastVersion: 0,
    lastCommittedAtMs: 0,
    recent: [],
    history: [],
    removals: [],
  };
}

/** The newest version, which may be a `delete`; `undefined` when there is none. */
export function newestEntry(head: Pick<Head, "recent">): VersionEntry | undefined {
  return head.recent.at(-1);
}

/** The newest version unless it is a `delete`. */
export function newestLiveEntry(head: Head): VersionEntry | undefined {
  const newest = newestEntry(head);
  return newest?.operation === "delete" ? undefined : newest;
}

export function encodeHead(head: Head): DocumentValue {
  return {
    symbol: head.symbol,
    change_id: head.changeId,
    last_version: head.lastVersion,
    last_committed_at_ms: head.lastCommittedAtMs,
    recent: encodeVersionEntries(head.recent),
    history: head.history.map(encodeHistoryRun),
    removals: head.removals.map((removal) => ({
      id: removal.id,
      reason: removal.reason,
      removed_at_ms: removal.removedAtMs,
      keep_until_ms: removal.keepUntilMs,
      condemned: removal.condemned,
      count: removal.count,
      page: encodePointer(removal.page),
    })),
  };
}

export function decodeHead(value: DocumentValue): Head {
  const reader = new DocumentReader(value, "head");
  const head: Head = {
    symbol: reader.text("symbol"),
    changeId: reader.text("change_id"),
    lastVersion: reader.integer("last_version"),
    lastCommittedAtMs: reader.integer("last_committed_at_ms"),
    recent: decodeVersionEntries(reader.record("recent"), "head recent"),
    history: reader.records("history", decodeHistoryRun),
    removals: reader.records("removals", decodeRemoval),
  };
  if (
    (newestEntry(head)?.version ?? 0) > head.lastVersion ||
    (head.recent.length === 0 && head.history.length > 0)
  ) {
    throw new VersionStoreError("data-integrity", `head contradicts itself symbol=${head.symbol}`);
  }
  return head;
}

function decodeRemoval(reader: DocumentReader): Removal {
  const reason = reader.text("reason");
  if (reason !== "prune" && reason !== "delete") {
    throw new VersionStoreError("data-integrity", `removal has a wrong reason reason=${reason}`);
  }
  return {
    id: reader.text("id"),
    reason,
    removedAtMs: reader.integer("removed_at_ms"),
    keepUntilMs: reader.integer("keep_until_ms"),
    condemned: reader.boolean("condemned"),
    count: reader.integer("count", 1),
    page: decodePointer(reader.record("page")),
  };
}
