import { findLabel, openPredictions, openStore } from "@foretile/app-kit";
import { type LabelConfig, requestKey, SYNTH_HIGH, SYNTH_LOW } from "@foretile/prediction-store";

import type { PriceSeries } from "../prices/price-series.ts";
import { RowScorer } from "../request/row-scorer.ts";
import { selectRows } from "../request/select-rows.ts";
import type { ScoreReport } from "./score-report.ts";

export interface ScoreRowsOptions {
  /** Where the table is. There need not be a store of ours around it. */
  readonly url: string;
  readonly table: string;
  /** What the table stands for. */
  readonly label: string;
  /** The store whose labels count. Default: Synth's labels, as every new library has them. */
  readonly library?: string | undefined;
  readonly asset?: string | undefined;
  /** One request, by its key. */
  readonly request?: string | undefined;
  readonly prices: PriceSeries;
  /** Program and release. */
  readonly scoredBy: string;
  readonly signal: AbortSignal;
}

/**
 * Scores rows that the validator wrote itself, one request after the other, and stores nothing.
 *
 * @throws {AppError} `not-found` for a label that is not known
 */
export async function scoreRows(options: ScoreRowsOptions, report: ScoreReport): Promise<void> {
  const { url, asset, request: key, prices, scoredBy, signal } = options;
  const label = findLabel(await knownLabels(options), options.label);
  await using store = await openStore(url, "read", { use: "rows", signal });
  const table = store.table(options.table);
  const foreign: string[] = [];
  const onForeign = (found: string): void => void foreign.push(found);
  const requests = await selectRows(table, label, { asset, key }, { signal, onForeign });
  for (const found of foreign) await report.foreignRow(found);
  const scorer = new RowScorer({ table, label, prices, scoredBy });
  for (const request of requests) {
    const onScored = (count: number): void => report.scoredTiles(count, requestKey(request));
    await report.request(await scorer.score(request, { signal, onScored }));
  }
}

async function knownLabels({ library, signal }: ScoreRowsOptions): Promise<readonly LabelConfig[]> {
  if (library === undefined) return [SYNTH_LOW, SYNTH_HIGH];
  await using opened = await openPredictions(library, "read", { signal });
  return await opened.predictions.labels({ signal });
}
