import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CallOptions } from "@foretile/storage";
import { readDocument, type DocumentPointer } from "../document/blob-documents.ts";
import { HISTORY_PAGE_KIND } from "../document/document-kind.ts";
import { DocumentReader } from "../document/document-reader.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import {
  decodePointer,
  decodeVersionEntries,
  encodePointer,
  encodeVersionEntries,
  type VersionEntry,
} from "../version/version-entry.ts";

/**
 * A run of older versions that were moved out of the head into a page. At level 0 the page holds their entries, above
 * it the runs of the level below.
 */
export interface HistoryRun {
  readonly level: number;
  readonly firstVersion: number;
  readonly lastVersion: number;
  /** How many versions, on all pages below. */
  readonly count: number;
  readonly firstCommittedAtMs: number;
  readonly lastCommittedAtMs: number;
  readonly page: DocumentPointer;
}

export function encodeHistoryRun(run: HistoryRun): DocumentValue {
  return {
    level: run.level,
    first_version: run.firstVersion,
    last_version: run.lastVersion,
    count: run.count,
    first_committed_at_ms: run.firstCommittedAtMs,
    last_committed_at_ms: run.lastCommittedAtMs,
    page: encodePointer(run.page),
  };
}

export function decodeHistoryRun(reader: DocumentReader): HistoryRun {
  return {
    level: reader.integer("level"),
    firstVersion: reader.integer("first_version", 1),
    lastVersion: reader.integer("last_version", 1),
    count: reader.integer("count", 1),
    firstCommittedAtMs: reader.integer("first_committed_at_ms"),
    lastCommittedAtMs: reader.integer("last_committed_at_ms"),
    page: decodePointer(reader.record("page")),
  };
}

export function encodeEntryPage(entries: readonly VersionEntry[]): DocumentValue {
  return { entries: encodeVersionEntries(entries) };
}

export function encodeRunPage(runs: readonly HistoryRun[]): DocumentValue {
  return { runs: runs.map(encodeHistoryRun) };
}

/** The run of a page of entries (at least one, oldest first). */
export function runOfEntries(entries: readonly VersionEntry[], page: DocumentPointer): HistoryRun {
  const [first] = entries;
  const last = entries.at(-1);
  if (first === undefined || last === undefined) throw emptyPage();
  return {
    level: 0,
    firstVersion: first.version,
    lastVersion: last.version,
    count: entries.length,
    firstCommittedAtMs: first.committedAtMs,
    lastCommittedAtMs: last.committedAtMs,
    page,
  };
}

/** The run of a page of runs (at least one, oldest first, all of one level). */
export function runOfRuns(runs: readonly HistoryRun[], page: DocumentPointer): HistoryRun {
  const [first] = runs;
  const last = runs.at(-1);
  if (first === undefined || last === undefined) throw emptyPage();
  return {
    level: first.level + 1,
    firstVersion: first.firstVersion,
    lastVersion: last.lastVersion,
    count: runs.reduce((sum, run) => sum + run.count, 0),
    firstCommittedAtMs: first.firstCommittedAtMs,
    lastCommittedAtMs: last.lastCommittedAtMs,
    page,
  };
}

function emptyPage(): VersionStoreError {
  return new VersionStoreError("invalid-argument", "a page of history needs at least one item");
}

/** The entries of a level-0 run, oldest first. */
export async function readEntryPage(
  context: LibraryContext,
  run: HistoryRun,
  options?: CallOptions,
): Promise<VersionEntry[]> {
  const reader = await readPage(context, run, options);
  const entries = decodeVersionEntries(reader.record("entries"), "history page");
  const [first] = entries;
  if (
    entries.length !== run.count ||
    first?.version !== run.firstVersion ||
    entries.at(-1)?.version !== run.lastVersion
  ) {
    throw contradicts(run);
  }
  return entries;
}

/** The runs below a run of level 1 or more, oldest first. */
export async function readRunPage(
  context: LibraryContext,
  run: HistoryRun,
  options?: CallOptions,
): Promise<HistoryRun[]> {
  const runs = (await readPage(context, run, options)).records("runs", decodeHistoryRun);
  const count = runs.reduce((sum, below) => sum + below.count, 0);
  const [first] = runs;
  if (
    count !== run.count ||
    first?.firstVersion !== run.firstVersion ||
    runs.at(-1)?.lastVersion !== run.lastVersion ||
    runs.some((below) => below.level !== run.level - 1)
  ) {
    throw contradicts(run);
  }
  return runs;
}

async function readPage(
  context: LibraryContext,
  run: HistoryRun,
  options?: CallOptions,
): Promise<DocumentReader> {
  const { blobs, documents } = context;
  const value = await readDocument(blobs, documents, HISTORY_PAGE_KIND, run.page, options);
  return new DocumentReader(value, "history page");
}

function contradicts(run: HistoryRun): VersionStoreError {
  return new VersionStoreError(
    "data-integrity",
    `history page holds other versions than its head says key=${run.page.key}`,
    { details: { key: run.page.key } },
  );
}
