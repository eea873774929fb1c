import type { CallOptions, RefToken } from "@foretile/storage";
import { settleSwap } from "../commit/settle-swap.ts";
import { COLLECTION_KIND, openDocument, sealKind } from "../document/document-kind.ts";
import { DocumentReader } from "../document/document-reader.ts";
import { COLLECTION_KEY } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";

/**
 * The record by which collectors notice each other: every collection changes it after it knows what is garbage and
 * before it takes anything away. Whoever finds it changed since they began cannot trust what they saw: a reference may
 * have moved past them while the place it came from was taken away.
 */
export interface CollectionRecordState {
  /** `undefined` before the first collection. */
  readonly token: RefToken | undefined;
}

export async function readCollectionRecord(
  context: LibraryContext,
  options?: CallOptions,
): Promise<CollectionRecordState> {
  const ref = await context.refs.read(COLLECTION_KEY, options);
  return { token: ref?.token };
}

/**
 * Says that a collection is about to take things away.
 *
 * @param id the collection's own
 * @returns `false` when another collection said so since the record was read
 */
export async function claimCollection(
  context: LibraryContext,
  id: string,
  { token }: CollectionRecordState,
): Promise<boolean> {
  const startedAtMs = Math.floor(context.clock.nowMs());
  const value = { id, started_at_ms: startedAtMs };
  const outcome = await settleSwap(context, {
    key: COLLECTION_KEY,
    expected: token,
    next: sealKind(context.documents, COLLECTION_KIND, value),
    // Another one's record does not tell whether ours came before it; in doubt, begin again.
    isApplied: (found) => found !== undefined && idOf(context, found) === id,
    details: { collection: id },
  });
  return outcome === "published";
}

/** @throws {VersionStoreError} `data-integrity`, `format-too-new` */
function idOf(context: LibraryContext, bytes: Uint8Array): string {
  const value = openDocument(context.documents, COLLECTION_KIND, bytes, COLLECTION_KEY);
  return new DocumentReader(value, COLLECTION_KIND.name).text("id");
}
