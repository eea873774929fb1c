import type { Catalog, DeletedRequest, DeletionClaim } from "@foretile/catalog";
import type { CallOptions } from "@foretile/storage";
import { isVersionStoreError, type Library } from "@foretile/version-store";
import { requestKey } from "../request/request-key.ts";
import { requestSymbol } from "../store/request-symbol.ts";

/** What became of a request that the catalog handed over. */
export interface DeletedBytes {
  readonly requestId: DeletedRequest["requestId"];
  readonly key: string;
  /**
   * - `deleted`: the next collection of the library removes its bytes.
   * - `gone`: it was deleted before.
   * - `republished`: a newer version is there; it stays, and so does the claim.
   */
  readonly status: "deleted" | "gone" | "republished";
}

/**
 * Deletes the publications of requests of which the catalog says that nothing is alive, and tells the catalog. A
 * collection of the library frees their bytes once its grace time is over. Ended anywhere, it goes on when it is
 * repeated.
 */
export async function* deleteClaimed(
  { catalog, library }: { readonly catalog: Catalog; readonly library: Library },
  claim: DeletionClaim,
  options?: CallOptions,
): AsyncGenerator<DeletedBytes, void, undefined> {
  for await (const batch of catalog.claimDeletions(claim, options)) {
    for (const deleted of batch) {
      const status = await deletePublication(library, deleted, options);
      if (status !== "republished") await catalog.confirmDeletions([deleted], options);
      yield { requestId: deleted.requestId, key: requestKey(deleted.request), status };
    }
  }
}

async function deletePublication(
  library: Library,
  { request, throughVersion }: DeletedRequest,
  options?: CallOptions,
): Promise<DeletedBytes["status"]> {
  // Saved by a program that publishes nothing here.
  if (throughVersion === 0) return "gone";
  const symbol = requestSymbol(requestKey(request));
  try {
    await library.delete(symbol, {
      expectedVersion: throughVersion,
      hard: true,
      signal: options?.signal,
    });
    return "deleted";
  } catch (error) {
    if (isVersionStoreError(error, "no-data-found")) return "gone";
    if (!isVersionStoreError(error, "concurrent-modification")) throw error;
    return (await isDeleted(library, symbol, options)) ? "gone" : "republished";
  }
}

/** A deletion is a version too, newer than the claimed one. */
async function isDeleted(
  library: Library,
  symbol: string,
  options?: CallOptions,
): Promise<boolean> {
  try {
    await library.resolve(symbol, options);
    return false;
  } catch (error) {
    if (isVersionStoreError(error, "no-data-found")) return true;
    throw error;
  }
}
