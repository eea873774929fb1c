import type { CatalogError } from "../catalog-error.ts";
import type { RequestFacts, RequestId } from "./request.ts";

/** `formatValidation` of an answer that broke no rule, as the network's validator writes it. */
export const VALID_FORMAT = "CORRECT";

/** Most predictions of one request: the network has 256 slots. */
export const MAX_PREDICTIONS = 4_096;

/** Longest `formatValidation` in characters; what is longer is cut. */
export const MAX_FORMAT_LENGTH = 500;

/** What one miner made of a request, to be saved. */
export interface NewPrediction {
  readonly minerId: number;
  /** Slot when it answered, 0 to 65 535. */
  readonly minerUid: number;
  /**
   * {@link VALID_FORMAT}, or what was wrong. Cut to {@link MAX_FORMAT_LENGTH} characters; characters that no database
   * holds become U+FFFD.
   */
  readonly formatValidation: string;
  /** Seconds the miner took, finite and not negative; `undefined` when nothing usable arrived in time. */
  readonly processTimeSeconds: number | undefined;
  /** Key of the stored tile, 1 to 400 printable ASCII characters: given exactly when the format is valid. */
  readonly tileKey: string | undefined;
}

/** A request with the predictions that are to be saved with it. */
export interface RequestSave {
  readonly request: RequestFacts;
  /** When the prompt was sent, whole seconds since 1970. */
  readonly requestedUnixSeconds?: number | undefined;
  /** The version of the publication that holds the tiles, at least 1: a miner's row is replaced by higher ones only. */
  readonly version: number;
  /** One per miner, at most {@link MAX_PREDICTIONS}. */
  readonly predictions: readonly NewPrediction[];
}

export interface SavedRequest {
  readonly requestId: RequestId;
  /** `false` when the request was there already. */
  readonly created: boolean;
  /** Rows that were added or replaced; the others were there already, of this version or a higher one. */
  readonly written: number;
  /** Predictions that were left out, each with its reason: `unknown-miner` or `invalid-prediction`. */
  readonly refused: readonly { readonly minerId: number; readonly error: CatalogError }[];
}

/** What the catalog knows about one miner's answer. */
export interface Prediction {
  readonly minerId: number;
  readonly minerUid: number;
  readonly formatValidation: string;
  readonly processTimeSeconds: number | undefined;
  readonly tileKey: string | undefined;
  /**
   * Where the tile is: `store`, under `tileKey`; `catalog`, in the row itself, as a validator without a tile store
   * writes it; `none` for an invalid answer, and for one whose payload was overwritten.
   */
  readonly place: "store" | "catalog" | "none";
  /** Version it was saved with; 0 when another program saved it. */
  readonly version: number;
  readonly savedAtMs: number;
  /** There exactly when the prediction is deleted: a tombstone. */
  readonly deleted?: Tombstone | undefined;
}

export interface Tombstone {
  readonly atMs: number;
  readonly reason: string;
}
