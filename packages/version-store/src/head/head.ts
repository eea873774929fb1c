import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { DocumentPointer } from "../document/blob-documents.ts";
import { DocumentReader } from "../document/document-reader.ts";
import { VersionStoreError } from "../version-store-error.ts";
import {
  decodePointer,
  decodeVersionEntry,
  encodePointer,
  encodeVersionEntry,
  type VersionEntry,
} from "../version/version-entry.ts";

/** A run of older versions that were moved out of the head. */
export interface HistoryRun {
  readonly firstVersion: number;
  readonly lastVersion: number;
  readonly page: DocumentPointer;
}

/** The one mutable record of a symbol. Changed only by compare-and-set, never deleted. */
export interface Head {
  readonly symbol: string;
  /** Changes with every change of the head, so that no two heads are ever equal. */
  readonly changeId: string;
  /** The newest versions, oldest first; at least one. */
  readonly recent: readonly VersionEntry[];
  /** Everything older, oldest run first. */
  readonly history: readonly HistoryRun[];
}

export function newestEntry(head: Head): VersionEntry {
  const newest = head.recent.at(-1);
  if (newest === undefined) {
    throw new VersionStoreError("data-integrity", `head lists no version symbol=${head.symbol}`);
  }
  return newest;
}

export function encodeHead(head: Head): DocumentValue {
  return {
    symbol: head.symbol,
    change_id: head.changeId,
    recent: head.recent.map(encodeVersionEntry),
    history: head.history.map((run) => ({
      first_version: run.firstVersion,
      last_version: run.lastVersion,
      page: encodePointer(run.page),
    })),
  };
}

export function decodeHead(value: DocumentValue): Head {
  const reader = new DocumentReader(value, "head");
  const head: Head = {
    symbol: reader.text("symbol"),
    changeId: reader.text("change_id"),
    recent: reader.records("recent", decodeVersionEntry),
    history: reader.records("history", (run) => ({
      firstVersion: run.integer("first_version", 1),
      lastVersion: run.integer("last_version", 1),
      page: decodePointer(run.record("page")),
    })),
  };
  newestEntry(head);
  return head;
}
