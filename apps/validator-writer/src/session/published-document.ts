import { describeError } from "@foretile/app-kit";

import type { Catalogued, Published } from "./published.ts";

/** What the catalog made of a request, as both front ends print it. */
interface CatalogDocument {
  readonly status: Catalogued["status"];
  /** Miners whose answers the catalog does not take: it does not know them. */
  readonly refused_miners?: readonly number[];
  readonly message?: string;
}

/** What came of publishing a request, as both front ends print it. */
export interface PublishedDocument {
  readonly id: string;
  readonly key: string;
  readonly version: number;
  /** 64 hex digits: equal for equal contents, whichever way they came in. */
  readonly version_hash: string;
  /** `false` when the newest version already was what was published. */
  readonly changed: boolean;
  readonly answers: { readonly valid: number; readonly invalid: number; readonly replaced: number };
  readonly raw_bytes: number;
  readonly stored_bytes: number;
  /** Missing without a catalog. */
  readonly catalog?: CatalogDocument;
}

/** A request that is in the journal and nowhere else. */
export interface SpilledDocument {
  readonly id: string;
  readonly key: string;
  /** Its number in the journal. */
  readonly journal_entry: number;
  readonly journal_bytes: number;
  /** What kept it from being published. */
  readonly message: string;
}

export function publishedDocument(
  published: Exclude<Published, { readonly result: undefined }>,
): PublishedDocument {
  const { id, replaced, result, catalogued } = published;
  return {
    id,
    key: result.key,
    version: result.version,
    version_hash: result.versionHash,
    changed: result.changed,
    answers: { ...result.answers, replaced },
    raw_bytes: result.rawBytes,
    stored_bytes: result.storedBytes,
    ...(catalogued && { catalog: catalogDocument(catalogued) }),
  };
}

export function spilledDocument({
  id,
  key,
  entry,
  cause,
}: Extract<Published, { readonly result: undefined }>): SpilledDocument {
  return {
    id,
    key,
    journal_entry: entry.number,
    journal_bytes: entry.bytes,
    message: describeError(cause).message,
  };
}

function catalogDocument(catalogued: Catalogued): CatalogDocument {
  const { status } = catalogued;
  if (status !== "saved") return { status, message: describeError(catalogued.cause).message };
  const { refusedMinerIds } = catalogued;
  return refusedMinerIds.length === 0 ? { status } : { status, refused_miners: refusedMinerIds };
}
