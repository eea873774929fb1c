import type { CatalogError } from "../catalog-error.ts";
import type { RequestFacts, RequestId } from "./request.ts";

/** What became of one request of a call that changes many. */
export type RequestStatus =
  | {
      readonly requestId: RequestId;
      readonly ok: true;
      /** Predictions of the request that the call changed. */
      readonly changed: number;
    }
  | { readonly requestId: RequestId; readonly ok: false; readonly error: CatalogError };

/** A request of which nothing is alive, handed over so that its bytes can be deleted. */
export interface DeletedRequest {
  readonly requestId: RequestId;
  readonly request: RequestFacts;
  /**
   * Versions of its publication up to this one may be deleted. When the store's newest version is higher, somebody
   * published again: leave the bytes, and do not confirm.
   */
  readonly throughVersion: number;
  /** The keys of the deleted tiles, by miner id. */
  readonly tiles: readonly { readonly minerId: number; readonly tileKey: string }[];
}
