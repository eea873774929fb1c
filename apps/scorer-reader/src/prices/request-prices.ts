import { createHash } from "node:crypto";

import { unixSecondsToIso } from "@foretile/keyspace";
import { type ForecastRequest, stepCount } from "@foretile/prediction-store";
import { realizedPath, scoreTile } from "@foretile/scoring";

import type { PriceSeries } from "./price-series.ts";

/** The prices that came true at a request's steps, or why the request is left for later. */
export type RequestPrices =
  | {
      readonly status: "covered";
      /** `[steps]`, NaN where the minute is missing; the last one is never NaN. */
      readonly path: Float64Array;
      /** How many of the prices are missing. */
      readonly missingCount: number;
      /** SHA-256 of the path as little-endian float64, NaN as one bit pattern; 64 hexadecimal characters. */
      readonly hash: string;
    }
  | { readonly status: "not-covered"; readonly reason: string };

/**
 * Takes the price at exactly each step of `request`.
 *
 * The series covers a request when it begins no later than the first step, has a price at the last one and goes on
 * behind it, so that the last price is final. Prices between may be missing: the changes that touch them are not scored.
 *
 * @param intervals of the request's label, seconds by name
 */
export function requestPrices(
  series: PriceSeries,
  request: ForecastRequest,
  intervals: Readonly<Record<string, number>>,
): RequestPrices {
  const { startUnixSeconds, timeIncrementSeconds } = request;
  const steps = stepCount(request);
  const endUnixSeconds = startUnixSeconds + (steps - 1) * timeIncrementSeconds;
  if (series.firstUnixSeconds > startUnixSeconds) {
    const from = unixSecondsToIso(series.firstUnixSeconds);
    return notCovered(`prices begin after its first step prices_from=${from}`);
  }

  const candles = series.rows(startUnixSeconds, endUnixSeconds);
  const realized = realizedPath(candles, { startUnixSeconds, timeIncrementSeconds, steps });
  if (realized.status === "not-covered") {
    const to = unixSecondsToIso(series.lastUnixSeconds);
    const end = unixSecondsToIso(endUnixSeconds);
    return notCovered(
      realized.reason === "not-settled"
        ? `prices do not go on behind its last step last_step=${end} prices_to=${to}`
        : `the price at its last step is missing last_step=${end}`,
    );
  }
  const { path, missingCount } = realized;
  if (!leavesSomethingToScore(path, { timeIncrementSeconds, intervals })) {
    return notCovered(`too many prices are missing missing=${missingCount} steps=${steps}`);
  }
  return { status: "covered", path, missingCount, hash: hashOf(path) };
}

/** Without a single observed change every total would be 0, the best there is. */
function leavesSomethingToScore(
  path: Float64Array,
  rules: Parameters<typeof scoreTile>[3],
): boolean {
  const anyTile = new Float64Array(path.length).fill(1);
  const score = scoreTile(anyTile, { simulations: 1, steps: path.length }, path, rules);
  return score.status === "scored" && score.evaluations > 0;
}

function notCovered(reason: string): RequestPrices {
  return { status: "not-covered", reason };
}

function hashOf(path: Float64Array): string {
  const view = new DataView(new ArrayBuffer(path.length * 8));
  for (const [index, price] of path.entries()) {
    // Arithmetic may make any NaN; the hash must not depend on which.
    if (Number.isNaN(price)) view.setBigUint64(index * 8, 0x7ff8_0000_0000_0000n, true);
    else view.setFloat64(index * 8, price, true);
  }
  return createHash("sha256").update(view).digest("hex");
}
