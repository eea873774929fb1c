import type { CallOptions, CellMutation, Row } from "@foretile/storage";
import type { DroppedScores, ListOptions, ScoreFilter } from "../catalog.ts";
import { CatalogError } from "../catalog-error.ts";
import { endOfRequest, isAlive, type RequestId } from "../records/request.ts";
import type { MinerStatus, NewScores, RequestScores } from "../records/score.ts";
import { batchSizeOf, checkDrop, checkFilter } from "../rules/check-queries.ts";
import { checkNewScores, scoreFault } from "../rules/check-scores.ts";
import { addToLists, readList, removeListed } from "./request-lists.ts";
import { noSuchRequest, readRecord, requestInRow, SCORED, summaryInRow } from "./request-rows.ts";
import type { RowContext } from "./row-context.ts";
import { minerQualifier, requestIdOf, requestKeyOfId, requestRowKey } from "./row-keys.ts";
import { cellOf, setCell } from "./row-table.ts";
import { readScoreDocument, scoreDocument } from "./score-document.ts";

const PRICES = ["prices", "realized"] as const;
const MARK = new Uint8Array([1]);

/** Each score is a cell of its own; that the request was scored is written with the first of them, atomically. */
export async function writeScores(
  context: RowContext,
  scores: NewScores,
  options?: CallOptions,
): Promise<readonly MinerStatus[]> {
  checkNewScores(scores);
  const { requestId, requestVersion, realizedPrices } = scores;
  const key = requestKeyOfId(requestId);
  const record = key && (await readRecord(context, key, options));
  if (key === undefined || record === undefined) throw noSuchRequest(requestId);

  const uids = new Map(record.predictions.map(({ minerId, minerUid }) => [minerId, minerUid]));
  const cells: CellMutation[] = [];
  const statuses = scores.scores.map((score): MinerStatus => {
    const { minerId } = score;
    const minerUid = uids.get(minerId);
    const error = scoreFault(score) ?? (minerUid === undefined ? noPrediction(minerId) : undefined);
    if (error !== undefined || minerUid === undefined) {
      return { minerId, ok: false, error: error ?? noPrediction(minerId) };
    }
    const document = scoreDocument({ ...score, minerUid, requestVersion });
    const sealed = context.documents.seal("CSCO", document);
    cells.push(setCell("scores", minerQualifier(minerId), sealed));
    return { minerId, ok: true };
  });
  if (cells.length === 0) return statuses;

  cells.push(setCell(...SCORED, MARK));
  if (realizedPrices !== undefined) {
    const prices = Array.from(realizedPrices, (price) => (Number.isNaN(price) ? null : price));
    cells.push(setCell(...PRICES, context.documents.seal("CPRI", { prices })));
  }
  await addToLists(context, ["scored"], record.facts, options);
  await context.table.mutate([{ key, mutations: cells }], options);
  // Scores may have been dropped in between, with the row of the list: see there.
  await addToLists(context, ["scored"], record.facts, options);
  return statuses;
}

export async function readScores(
  context: RowContext,
  requestId: RequestId,
  options?: CallOptions,
): Promise<RequestScores | undefined> {
  const key = requestKeyOfId(requestId);
  const row = key && (await context.table.readRow(key, ["request", "scores"], options));
  return row && scoresInRow(context, row);
}

export async function readRealizedPrices(
  context: RowContext,
  requestId: RequestId,
  options?: CallOptions,
): Promise<Float64Array<ArrayBuffer> | undefined> {
  const key = requestKeyOfId(requestId);
  const row = key && (await context.table.readRow(key, ["prices"], options));
  const bytes = row && cellOf(row, ...PRICES);
  if (bytes === undefined) return undefined;
  const prices = context.documents.open("CPRI", bytes, row?.key ?? "").list("prices");
  return Float64Array.from(prices, (price) => (typeof price === "number" ? price : Number.NaN));
}

export async function* listScores(
  context: RowContext,
  filter: ScoreFilter,
  options: ListOptions,
): AsyncGenerator<readonly RequestScores[], void, undefined> {
  const range = checkFilter(filter);
  const { signal } = options;
  const batchSize = batchSizeOf(options);
  for await (const listed of readList(context, "scored", filter.label, range, {
    signal,
    batchSize,
  })) {
    const keys = listed
      .filter(({ address }) => filter.asset === undefined || address.asset === filter.asset)
      .map(({ address }) => requestRowKey(address));
    const rows = await context.table.readKeys(keys, ["request", "scores"], { signal });
    const batch = keys.flatMap((key) => {
      const row = rows.get(key);
      return row === undefined ? [] : (scoresInRow(context, row) ?? []);
    });
    if (batch.length > 0) yield batch;
  }
}

export async function dropScores(
  context: RowContext,
  drop: DroppedScores,
  options?: CallOptions,
): Promise<{ scores: number; prices: number }> {
  checkDrop(drop);
  const range = { from: 0, to: drop.beforeUnixSeconds };
  const dropped = { scores: 0, prices: 0 };
  const reads = { signal: options?.signal, batchSize: 100 };
  for await (const batch of readList(context, "scored", drop.label, range, reads)) {
    const keys = batch.map(({ address }) => requestRowKey(address));
    const rows = await context.table.readKeys(keys, ["request", "scores", "prices"], options);
    const scored = [...rows.values()].filter((row) => cellOf(row, ...SCORED) !== undefined);
    // Without scores they may be due again.
    await addOpen(context, scored, options);
    await context.table.mutate(
      scored.map(({ key }) => ({
        key,
        mutations: [
          { type: "delete-family", family: "scores" },
          { type: "delete-family", family: "prices" },
          { type: "delete-column", family: SCORED[0], qualifier: SCORED[1] },
        ],
      })),
      options,
    );
    await addOpen(context, scored, options);
    for (const row of scored) {
      dropped.scores += row.cells.filter(({ family }) => family === "scores").length;
      dropped.prices += cellOf(row, ...PRICES) === undefined ? 0 : 1;
    }
    for (const listed of batch) await removeListed(context, listed, options);
  }
  return dropped;
}

async function addOpen(
  context: RowContext,
  rows: readonly Row[],
  options?: CallOptions,
): Promise<void> {
  for (const row of rows) {
    const request = requestInRow(context, row);
    if (request !== undefined && isAlive(request)) {
      await addToLists(context, ["open"], request, options);
    }
  }
}

function scoresInRow(context: RowContext, row: Row): RequestScores | undefined {
  const summary = summaryInRow(context, row);
  const cells = row.cells.filter(({ family }) => family === "scores");
  if (summary === undefined || cells.length === 0) return undefined;
  const { label, asset, startUnixSeconds } = summary.facts;
  return {
    requestId: requestIdOf(summary.facts),
    label,
    asset,
    startUnixSeconds,
    scoredAtUnixSeconds: endOfRequest(summary.facts),
    scores: cells.map(({ value }) =>
      readScoreDocument(context.documents.open("CSCO", value, row.key)),
    ),
  };
}

function noPrediction(minerId: number): CatalogError {
  return new CatalogError(
    "no-such-prediction",
    `the request has no prediction of that miner miner_id=${minerId}`,
  );
}
