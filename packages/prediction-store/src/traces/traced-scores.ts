import { decodeTraceId } from "@foretile/keyspace";
import type { CallOptions } from "@foretile/storage";
import {
  POINT,
  type TraceBlock,
  type TraceStore,
  type TraceStoreError,
} from "@foretile/trace-store";
import { requestKey } from "../request/request-key.ts";
import type { MinerScore, ScoreSet } from "../scores/score-set.ts";
import type { ScoreField } from "./score-points.ts";
import { pointUnixSeconds, tracePosition } from "./trace-sets.ts";

/** What moving averages need to know of a request's scores. */
export interface TracedScores extends Pick<ScoreSet, "requestKey" | "percentile90" | "bestCrps"> {
  /** The version of the score record that the traces have. */
  readonly scoresVersion: number;
  /** Ordered by miner id. */
  readonly miners: readonly Pick<MinerScore, "minerId" | "minerUid" | "promptScore">[];
}

/** Requests of one label that start in a half-open range, seconds since 1970. */
export interface TracedWindow {
  readonly label: string;
  readonly fromUnixSeconds: number;
  readonly toUnixSeconds: number;
}

export interface ReadTracedScoresOptions extends CallOptions {
  /** Told of each day that is damaged, which is left out. Without it, the first one ends the call with its error. */
  readonly onDamaged?: ((error: TraceStoreError) => void) | undefined;
}

const FIELDS: readonly ScoreField[] = [
  "prompt_score",
  "miner_uid",
  "percentile90",
  "best_crps",
  "miners",
  "scores_version",
];

/** A field's value in a trace: a number, or that there is no valid one; absent where nothing is recorded. */
type Fields = Partial<Record<string, { readonly value: number | undefined }>>;

/** What was found of one request so far. */
interface Gathered {
  readonly request: Fields;
  readonly miners: Map<number, Fields>;
}

/**
 * The scores of requests from the traces, by request key. Only requests that are there as a whole: what was partly
 * deleted is left to the score records, which have it.
 *
 * Compare `scoresVersion` with what `listScored` says before relying on one: newer scores may not be traced yet.
 */
export async function readTracedScores(
  store: TraceStore<"float64">,
  { label, fromUnixSeconds, toUnixSeconds }: TracedWindow,
  options: ReadTracedScoresOptions = {},
): Promise<ReadonlyMap<string, TracedScores>> {
  const from = Math.max(0, tracePosition(fromUnixSeconds));
  const to = Math.max(from, tracePosition(toUnixSeconds) + 1);
  const gathered = new Map<string, Gathered>();
  const where = { label, field: FIELDS };
  for await (const block of store.readRange(from, to, { where, ...options })) {
    for (const [row, id] of block.ids.entries()) gather(gathered, block, row, decodeTraceId(id));
  }
  const whole = new Map<string, TracedScores>();
  for (const [key, found] of gathered) {
    const scores = wholeScores(key, found);
    if (scores !== undefined) whole.set(key, scores);
  }
  return whole;
}

function gather(
  gathered: Map<string, Gathered>,
  { from, to, states, values }: TraceBlock<"float64">,
  row: number,
  { label = "", asset = "", field = "", miner, second }: Readonly<Record<string, string>>,
): void {
  const width = to - from;
  for (let column = 0; column < width; column += 1) {
    const index = row * width + column;
    const state = states[index];
    if (state !== POINT.value && state !== POINT.invalid) continue;
    const startUnixSeconds = pointUnixSeconds(from + column, { second });
    const key = requestKey({ label, asset, startUnixSeconds });
    let found = gathered.get(key);
    if (found === undefined) gathered.set(key, (found = { request: {}, miners: new Map() }));
    const value = { value: state === POINT.value ? (values[index] as number) : undefined };
    if (miner === undefined) {
      found.request[field] = value;
      continue;
    }
    const minerId = Number(miner);
    const fields = found.miners.get(minerId);
    if (fields === undefined) found.miners.set(minerId, { [field]: value });
    else fields[field] = value;
  }
}

function wholeScores(key: string, { request, miners }: Gathered): TracedScores | undefined {
  const { percentile90, best_crps: best, miners: count, scores_version: version } = request;
  if (percentile90 === undefined || best === undefined || version?.value === undefined) {
    return undefined;
  }
  if (count?.value !== miners.size) return undefined;
  const entries: TracedScores["miners"][number][] = [];
  for (const [minerId, { miner_uid: uid, prompt_score: score }] of miners) {
    if (uid?.value === undefined || score === undefined) return undefined;
    entries.push({ minerId, minerUid: uid.value, promptScore: score.value });
  }
  return {
    requestKey: key,
    scoresVersion: version.value,
    percentile90: percentile90.value,
    bestCrps: best.value,
    miners: entries.sort((a, b) => a.minerId - b.minerId),
  };
}
