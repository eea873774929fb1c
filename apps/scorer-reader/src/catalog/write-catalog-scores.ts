import type { Catalog, NewScore } from "@foretile/catalog";
import { parseRequestKey } from "@foretile/prediction-store";

import type { RequestScores } from "../request/request-outcome.ts";

/** What the catalog made of the scores of a request. */
export type CatalogScores =
  | {
      readonly status: "written";
      /** Miners whose score the catalog did not take, with the reason. */
      readonly refused: readonly { readonly minerId: number; readonly message: string }[];
    }
  /** It has the scores of this version, or of a newer one, already. */
  | { readonly status: "known" }
  /** Nobody has a score: the request stays due. */
  | { readonly status: "nobody-scored" }
  /** It does not know the request. */
  | { readonly status: "no-such-request" };

/**
 * Writes the scores of a request into the catalog, a row for each miner that was judged, and the prices they come from.
 * A miner whose tile is damaged gets none: it can be scored when the tile is repaired.
 *
 * @param options.isKnown whether the scores were computed earlier: they are written only where the catalog lacks them
 */
export async function writeCatalogScores(
  catalog: Catalog,
  scores: RequestScores,
  options: {
    readonly prices: Float64Array;
    readonly isKnown: boolean;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<CatalogScores> {
  const { prices, isKnown, signal } = options;
  const { requestVersion = 0 } = scores;
  const found = await catalog.findRequest(parseRequestKey(scores.requestKey), { signal });
  if (found === undefined) return { status: "no-such-request" };
  const rows = newScores(scores);
  if (rows.length === 0) return { status: "nobody-scored" };
  // Scores of an older version would hide those of the newest.
  if (requestVersion < found.version) return { status: "known" };
  if (isKnown && found.scored) {
    const stored = await catalog.readScores(found.id, { signal });
    if (stored !== undefined && hasAll(stored.scores, rows, requestVersion)) {
      return { status: "known" };
    }
  }
  const statuses = await catalog.writeScores(
    {
      requestId: found.id,
      requestVersion,
      realizedPrices: prices,
      scores: rows,
    },
    { signal },
  );
  const refused = statuses.flatMap((status) =>
    status.ok ? [] : [{ minerId: status.minerId, message: status.error.message }],
  );
  return { status: "written", refused };
}

function newScores({ percentile90, bestCrps: lowest, miners }: RequestScores): NewScore[] {
  if (percentile90 === undefined || lowest === undefined) return [];
  return miners.flatMap(({ minerId, promptScore, crps: totalCrps, intervals }) =>
    promptScore === undefined
      ? []
      : [{ minerId, promptScore, totalCrps, percentile90, lowest, intervals }],
  );
}

function hasAll(
  stored: readonly { readonly minerId: number; readonly requestVersion: number }[],
  rows: readonly NewScore[],
  version: number,
): boolean {
  const current = new Set(
    stored.filter((score) => score.requestVersion >= version).map(({ minerId }) => minerId),
  );
  return rows.every(({ minerId }) => current.has(minerId));
}
