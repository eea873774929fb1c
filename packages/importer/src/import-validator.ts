import type { ValidatorDatabase, ValidatorRequest } from "@foretile/catalog/postgres";
import {
  isPredictionStoreError,
  PredictionStoreError,
  type ForecastRequest,
  type LabelConfig,
} from "@foretile/prediction-store";
import { createLimiter } from "@foretile/resilience";
import { ScoreWorkspace } from "@foretile/scoring";
import { NOTHING, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import type {
  ImportOptions,
  ImportProblem,
  ImportReport,
  ImportTarget,
  ImportTotals,
} from "./import-options.ts";
import { RequestImport, type AnswerCounts } from "./request-import.ts";

/** Requests between two checkpoints. */
const REQUESTS_PER_PAGE = 16;
const DEFAULT_REQUESTS_AT_ONCE = 2;

/**
 * Takes over the requests of a validator's database and the answers to them, in the order they were saved. Each request
 * is published at once; one that was saved twice is published twice, so that the later answers count.
 *
 * It may be broken off anywhere; the next run of the same name goes on. What is published already stays as it is.
 *
 * @throws {CatalogError} when the database does not answer, or its tables are others; `VersionStoreError` as `publish`
 */
export async function importValidator(
  database: ValidatorDatabase,
  target: ImportTarget,
  options: ImportOptions,
): Promise<ImportReport> {
  const { name, restart = false, requestsAtOnce = DEFAULT_REQUESTS_AT_ONCE, signal } = options;
  const call = { signal };
  const labels = await target.predictions.labels(call);
  let checkpoint = restart ? NOTHING : await readCheckpoint(target.library, name, call);
  const lastId = await database.lastRequestId(call);
  const counts = await database.counts(lastId, call);
  let problems = 0;
  let verified = 0;
  let rescored = 0;
  let ranked = 0;
  // Scoring waits for nothing, so that requests under way may share it.
  const workspace = new ScoreWorkspace();
  const onProblem = (problem: ImportProblem): void => {
    problems += 1;
    options.onProblem?.(problem);
  };
  const limiter = createLimiter({ capacity: requestsAtOnce, maxQueued: REQUESTS_PER_PAGE });

  const importOne = async (row: ValidatorRequest): Promise<ImportTotals> => {
    const before = { ...NOTHING.totals, requests: 1 };
    try {
      const label = labelOf(row, labels);
      const request = requestOf(row, label);
      const rows = options.rowsOf?.(label.label);
      const work = new RequestImport({
        database,
        target,
        requestId: row.id,
        request,
        rows,
        intervals: label.intervals,
        prices: row.realizedPrices,
        workspace,
        onProblem,
        call,
      });
      const result = await work.run();
      if (result === undefined) return { ...before, ...work.counts, empty: 1 };
      verified += await work.verify(result);
      rescored += work.scores.sameTotals;
      ranked += work.scores.samePromptScores;
      const outcome = result.changed ? { published: 1 } : { unchanged: 1 };
      return { ...before, ...work.counts, ...outcome };
    } catch (error) {
      if (!isPredictionStoreError(error, ...refusals)) throw error;
      onProblem({ kind: "refused", requestId: row.id, message: error.message });
      return { ...before, refused: 1 };
    }
  };

  for (;;) {
    const range = { afterId: checkpoint.lastRequestId, lastId, limit: REQUESTS_PER_PAGE };
    const page = await database.requests(range, call);
    const lastRequestId = page.at(-1)?.id;
    if (lastRequestId === undefined) break;
    const groups = Map.groupBy(
      page,
      (row) => `${row.asset} ${row.startUnixSeconds} ${row.timeLengthSeconds}`,
    );
    // Those that were saved twice one after the other, so that the later one counts.
    const done = await Promise.all(
      [...groups.values()].map((group) =>
        limiter.run(async () => {
          const totals: ImportTotals[] = [];
          for (const row of group) totals.push(await importOne(row));
          return totals;
        }, call),
      ),
    );
    const totals = done.flat().reduce(addTotals, checkpoint.totals);
    checkpoint = { lastRequestId, totals };
    await writeCheckpoint(target.library, name, checkpoint, call);
    const { requests, answers } = totals;
    options.onProgress?.({ requests, totalRequests: counts.requests, answers });
  }
  const { totals, lastRequestId } = checkpoint;
  // Answers to refused requests were not read.
  const isComplete =
    totals.requests === counts.requests &&
    (totals.refused > 0 || totals.answers === counts.answers);
  return { totals, problems, verified, rescored, ranked, isComplete, lastRequestId };
}

const refusals = ["invalid-request", "request-mismatch", "unknown-label"] as const;

/** The only label of the request's length, or the only one of them that asks for its asset. */
function labelOf(
  { asset, timeLengthSeconds }: ValidatorRequest,
  labels: readonly LabelConfig[],
): LabelConfig {
  const sized = labels.filter((label) => label.timeLengthSeconds === timeLengthSeconds);
  const asking = sized.filter(({ assets }) => assets.includes(asset));
  const [label, ...others] = sized.length === 1 ? sized : asking;
  if (label !== undefined && others.length === 0) return label;
  const what = label === undefined ? "no label has" : "several labels have";
  throw new PredictionStoreError(
    "unknown-label",
    `${what} that length and asset time_length=${timeLengthSeconds} asset=${asset}`,
  );
}

function requestOf(row: ValidatorRequest, { label }: LabelConfig): ForecastRequest {
  const { asset, startUnixSeconds, timeIncrementSeconds, timeLengthSeconds, simulations } = row;
  return { label, asset, startUnixSeconds, timeIncrementSeconds, timeLengthSeconds, simulations };
}

function addTotals(sum: ImportTotals, each: ImportTotals): ImportTotals {
  const names = Object.keys(sum) as (keyof ImportTotals & keyof AnswerCounts)[];
  return names.reduce((total, name) => ({ ...total, [name]: sum[name] + each[name] }), sum);
}
