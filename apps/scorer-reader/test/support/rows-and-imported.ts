import { createPredictions, openPredictions, openStore } from "@foretile/app-kit";
import {
  importUpstreamRequest,
  requestKey,
  type ScoreSet,
  UNKNOWN_MINER_UID,
} from "@foretile/prediction-store";
import { unixSecondsToIso } from "@foretile/keyspace";

import { jsonLines, type ProgramRun, runScorer } from "./run-scorer.ts";
import { minutePrices, START, TINY, tinyRequest, writePrices } from "./scored-store.ts";
import { damagedValues, writeRows } from "./upstream-rows.ts";

const requests = [START, START + 600].map((startUnixSeconds) => tinyRequest({ startUnixSeconds }));
const minerIds = [7, 42, 200, 999_999, 1_000_000];

export interface RowsAndImported {
  /** Of scoring the rows where they are. */
  readonly run: ProgramRun;
  /** Lines for the sound rows, scored after they were imported, and for each damaged row. */
  readonly expected: readonly Record<string, unknown>[];
  readonly damagedCount: number;
  /** What scoring the rows left in the library that told their label. */
  readonly stored: readonly (ScoreSet | undefined)[];
}

/**
 * Writes rows, sound and damaged ones, to the table `tiny` of a place and scores them there; imports them, too, and
 * scores the library.
 *
 * @param folder for a library and a price file
 */
export async function rowsAndImported(url: string, folder: string): Promise<RowsAndImported> {
  const library = `lmdb:${folder}/library`;
  await (await createPredictions(library, { labels: [TINY] }))[Symbol.asyncDispose]();
  const prices = await writePrices(folder, minutePrices(START - 600, 60, [START + 240]));
  const damaged = damagedValues(tinyRequest()).map((value, index) => [300 + index, value] as const);
  {
    await using rows = await openStore(url, "write", { use: "rows" });
    await using opened = await openPredictions(library, "write");
    const table = rows.table("tiny");
    await table.setFamily("p", {});
    for (const request of requests) {
      await writeRows(table, request, [...minerIds.map((id) => [id] as const), ...damaged]);
      await importUpstreamRequest(table, opened.predictions, request);
    }
  }
  const score = ["score", "--prices", prices, "--json", "--store"];
  const rows = ["--table", "tiny", "--label", "tiny", "--library", library];
  const run = await runScorer([...score, url, ...rows]);
  const imported = jsonLines(await runScorer([...score, library, "--dry-run"]));
  const missing = requests.flatMap((request) =>
    damaged.map(([miner_id]) => ({
      request: requestKey(request),
      label: request.label,
      asset: request.asset,
      start_time: unixSecondsToIso(request.startUnixSeconds),
      miner_id,
      miner_uid: UNKNOWN_MINER_UID,
      status: "missing",
      reason: "damaged",
      crps: null,
      intervals: {},
      prompt_score: null,
    })),
  );
  await using opened = await openPredictions(library, "read");
  const keys = requests.map(requestKey);
  const all: readonly Record<string, unknown>[] = [...imported, ...missing];
  return {
    run,
    expected: keys.flatMap((key) =>
      all
        .filter(({ request }) => request === key)
        .map((line): Record<string, unknown> => ({ ...line, version: null }))
        .toSorted((a, b) => Number(a["miner_id"]) - Number(b["miner_id"])),
    ),
    damagedCount: missing.length,
    stored: await Promise.all(keys.map((key) => opened.predictions.readScores(key))),
  };
}
