import type { Published } from "./writer-session.ts";

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
}

export function publishedDocument({ id, replaced, result }: Published): PublishedDocument {
  return {
    id,
    key: result.key,
    version: result.version,
    version_hash: result.versionHash,
    changed: result.changed,
    answers: { ...result.answers, replaced },
    raw_bytes: result.rawBytes,
    stored_bytes: result.storedBytes,
  };
}
