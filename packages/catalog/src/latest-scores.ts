import type { CallOptions } from "@foretile/storage";
import type { Catalog, ScoreFilter } from "./catalog.ts";
import type { RequestScores } from "./records/score.ts";

/** The scores of the latest horizon of a label, or of an asset of it; `undefined` when there are none. */
export async function latestScores(
  catalog: Catalog,
  filter: ScoreFilter,
  options?: CallOptions,
): Promise<RequestScores | undefined> {
  for await (const [latest] of catalog.listScores(filter, { ...options, batchSize: 1 })) {
    return latest;
  }
  return undefined;
}
