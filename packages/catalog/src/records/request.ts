/**
 * Names a request inside its catalog. What it is made of is the catalog's own affair: keep it, compare it, pass it
 * back.
 */
export type RequestId = string & { readonly __requestId: unique symbol };

/** What names a request to everybody: no catalog saves two with all three alike. */
export interface RequestAddress {
  /** Competition, 1 to {@link MAX_NAME_LENGTH} printable ASCII characters. */
  readonly label: string;
  /** What is forecast, likewise. */
  readonly asset: string;
  /** Time of the first step, whole seconds since 1970-01-01T00:00:00Z. */
  readonly startUnixSeconds: number;
}

/** One prompt to all miners. */
export interface RequestFacts extends RequestAddress {
  /** Seconds between two steps, at least 1. */
  readonly timeIncrementSeconds: number;
  /** Seconds from the first step to the horizon, at least one increment. */
  readonly timeLengthSeconds: number;
  /** Paths of one answer, at least 1. */
  readonly simulations: number;
}

/** What the catalog knows about a request. */
export interface CatalogRequest extends RequestFacts {
  readonly id: RequestId;
  /**
   * Rises from each request of a label and asset to the next one saved; gaps are possible. It comes from the catalog,
   * never from a clock.
   */
  readonly order: number;
  /** When the prompt was sent, whole seconds since 1970, if that was told. */
  readonly requestedUnixSeconds: number | undefined;
  /** The newest saved version of its publication; 0 when another program saved it. */
  readonly version: number;
  /** Wall-clock milliseconds of the first save. */
  readonly savedAtMs: number;
  /** Predictions by what became of them: `valid` and `invalid` ones are alive. */
  readonly predictions: {
    readonly valid: number;
    readonly invalid: number;
    readonly deleted: number;
  };
  /** Whether any miner has a score for it. */
  readonly scored: boolean;
}

/** Longest label or asset, as in the prediction store. */
export const MAX_NAME_LENGTH = 32;

/** 9999-12-31T23:59:59Z. */
export const MAX_UNIX_SECONDS = 253_402_300_799;

/** The end of a request's horizon, seconds since 1970: the time its scores belong to. */
export function endOfRequest(
  request: Pick<RequestFacts, "startUnixSeconds" | "timeLengthSeconds">,
): number {
  return request.startUnixSeconds + request.timeLengthSeconds;
}

/** Whether any prediction of the request is alive. */
export function isAlive({ predictions }: Pick<CatalogRequest, "predictions">): boolean {
  return predictions.valid + predictions.invalid > 0;
}
