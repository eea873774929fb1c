import { toKey } from "@foretile/storage";
import type { DocumentPointer } from "../../src/document/blob-documents.ts";
import { HISTORY_PAGE_KIND, type DocumentKind } from "../../src/document/document-kind.ts";
import { sealDocument } from "../../src/document/blob-documents.ts";
import { emptyHead, type Head } from "../../src/head/head.ts";
import type { VersionLists, WritePage } from "../../src/head/history.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import type { VersionEntry } from "../../src/version/version-entry.ts";
import { START_MS } from "../open-test-context.ts";

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/** An id in the layout of an id source's: the time, then zeros and a number. */
export function idAt(timeMs: number, number: number): string {
  return base32(timeMs, 10) + base32(number, 16);
}

function base32(value: number, characters: number): string {
  return Array.from({ length: characters }, (_, index) =>
    alphabet.charAt(Math.floor(value / 32 ** (characters - 1 - index)) % 32),
  ).join("");
}

/** The entry of a version that nothing is stored of. */
export function versionEntry(version: number, changes: Partial<VersionEntry> = {}): VersionEntry {
  const committedAtMs = changes.committedAtMs ?? START_MS + version * 1000;
  return {
    version,
    commitId: idAt(committedAtMs, version),
    committedAtMs,
    operation: "write",
    contentHash: new Uint8Array(32).fill(version),
    rows: undefined,
    rawBytes: version,
    storedBytes: version,
    user: undefined,
    message: undefined,
    replacedAtMs: undefined,
    document: {
      key: toKey(`v/00/${idAt(committedAtMs, version)}/00000000`),
      length: 500,
      hash: new Uint8Array(16).fill(version),
    },
    ...changes,
  };
}

/** Entries of versions 1 to `count`. */
export function versionEntries(count: number): VersionEntry[] {
  return Array.from({ length: count }, (_, index) => versionEntry(index + 1));
}

export interface PageWriter {
  readonly write: WritePage;
  /** Keys of all pages that were written. */
  readonly keys: string[];
}

/** Stores pages of one kind under keys that count up. */
export function pageWriter(
  context: LibraryContext,
  kind: DocumentKind = HISTORY_PAGE_KIND,
): PageWriter {
  const keys: string[] = [];
  return {
    keys,
    write: async (value): Promise<DocumentPointer> => {
      const key = toKey(`p/${kind.code}/${context.ids.nextId()}`);
      const { pointer, bytes } = sealDocument(context.documents, kind, key, value);
      await context.blobs.putNew(key, bytes);
      keys.push(key);
      return pointer;
    },
  };
}

/** A head with these lists. */
export function headOf(lists: VersionLists, changes: Partial<Head> = {}): Head {
  const newest = lists.recent.at(-1);
  return {
    ...emptyHead("s"),
    changeId: "change",
    lastVersion: newest?.version ?? 0,
    lastCommittedAtMs: newest?.committedAtMs ?? 0,
    ...lists,
    ...changes,
  };
}
