import type { CallOptions } from "@foretile/storage";
import { INTENT_KIND } from "../document/document-kind.ts";
import { intentKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";

/**
 * Announces a transaction before its first upload, so that whoever finds its blobs later can tell a running
 * transaction from one that died.
 */
export async function writeIntent(
  context: LibraryContext,
  transactionId: string,
  symbol: string,
  options?: CallOptions,
): Promise<void> {
  const bytes = context.documents.seal(INTENT_KIND.code, INTENT_KIND.version, {
    transaction: transactionId,
    symbols: [symbol],
    started_at_ms: Math.floor(context.clock.nowMs()),
  });
  const key = intentKey(transactionId);
  const result = await context.refs.compareAndSet(key, undefined, bytes, options);
  if (!result.swapped) {
    throw new VersionStoreError(
      "invalid-argument",
      `transaction id was used before transaction=${transactionId}`,
    );
  }
}

/** Closes a transaction: nothing of it runs any more. */
export async function deleteIntent(
  context: LibraryContext,
  transactionId: string,
  options?: CallOptions,
): Promise<void> {
  const key = intentKey(transactionId);
  const ref = await context.refs.read(key, options);
  if (ref !== undefined) await context.refs.compareAndSet(key, ref.token, undefined, options);
}
