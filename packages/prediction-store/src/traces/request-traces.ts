import type { CallOptions } from "@foretile/storage";
import { isTraceStoreError, openTraceStore, type TraceStore } from "@foretile/trace-store";
import { isVersionStoreError, type Library } from "@foretile/version-store";
import { isPredictionStoreError } from "../prediction-store-error.ts";
import { parseRequestKey, type RequestAddress } from "../request/request-key.ts";
import type { ScoreSet } from "../scores/score-set.ts";
import type { PredictionStore, ScoredRequest, ScoreRecord } from "../store/prediction-store.ts";
import type { PublishedRequest } from "../store/published-request.ts";
import type { RequestFilter } from "../store/request-symbol.ts";
import { digestPoints } from "./digest-points.ts";
import { digestValues, numberValues } from "./point-values.ts";
import { scorePoints } from "./score-points.ts";
import { DIGEST_TRACES, SCORE_TRACES, TRACE_TILE_SIZE } from "./trace-sets.ts";
import { readTracedDay, traceTile, type TracedDay } from "./traced-day.ts";
import { writePoints } from "./write-points.ts";

/** Requests that are written with one append when many are: of 250 miners about 60 000 points. */
const MAX_BATCH_REQUESTS = 32;

/** Whoever scores the request again this often while it is traced brings its traces up to date as well. */
const MAX_ROUNDS = 8;

export interface OpenRequestTracesOptions extends CallOptions {
  /** Opened for writing. Its trace sets are made when they are not there. */
  readonly library: Library;
  readonly predictions: PredictionStore;
}

export interface RebuildOptions extends CallOptions {
  /** Also compare the points of requests whose scores are there already. Default `false`. */
  readonly full?: boolean | undefined;
  /**
   * Told of each request whose scores or answers are damaged, and, without a key, of each damaged head or day of traces;
   * it is left as it is. Without this, the first one ends the rebuild with its error.
   */
  readonly onDamaged?: ((error: Error, key: string | undefined) => void) | undefined;
}

/** A step of a rebuild. */
export interface RebuiltTraces {
  /** The last request that was looked at. */
  readonly key: string;
  /** Requests that were looked at. */
  readonly requests: number;
  /** Those whose scores were not in the traces, or not these. */
  readonly added: number;
  /** Points that were changed. */
  readonly points: number;
}

interface TraceSets {
  readonly scores: TraceStore<"float64">;
  readonly digests: TraceStore<"digest">;
}

/**
 * Keeps two trace sets of a library in step with its score records: every score as a number, and of every tile that was
 * scored the digest of what its miner sent. The records stay the truth: traces are made from them alone, and can be made
 * again at any time.
 *
 * Everything may be repeated, broken off anywhere, and done by several at once. The digests come before the scores, and
 * the scores of a request with the version of their record, all in one append: so a request whose version is there is
 * there as a whole.
 */
export class RequestTraces {
  readonly #sets: TraceSets;
  readonly #predictions: PredictionStore;
  /** Requests are mostly updated in order of their time. */
  #day: TracedDay | undefined;

  /** Made by {@link openRequestTraces}. */
  constructor(sets: TraceSets, predictions: PredictionStore) {
    this.#sets = sets;
    this.#predictions = predictions;
  }

  /**
   * Brings the traces of one request to its newest scores.
   *
   * @returns how many points were changed: none when they are there already, or when there are no scores
   * @throws {PredictionStoreError | VersionStoreError | TraceStoreError} for what is damaged; failures of the store
   */
  async update(key: string, options: CallOptions = {}): Promise<number> {
    const request = parseRequestKey(key);
    let points = 0;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const record = await this.#predictions.readScoreRecord(key, options);
      if (record === undefined) break;
      const { versions } = await this.#dayOf(request, options);
      if (versions.get(request.startUnixSeconds) === record.version) break;
      points += await this.#write([record], options);
      versions.set(request.startUnixSeconds, record.version);
      // Once more: while these were written, somebody may have stored newer ones and written them first.
    }
    return points;
  }

  /** Brings the traces of all wanted requests that have scores to these, many with one append. */
  async *rebuild(
    filter: RequestFilter = {},
    options: RebuildOptions = {},
  ): AsyncGenerator<RebuiltTraces, void, undefined> {
    const { signal, onDamaged } = options;
    const onDamagedHead = onDamaged && ((error: Error): void => onDamaged(error, undefined));
    let batch: ScoredRequest[] = [];
    for await (const listed of this.#predictions.listScored(filter, {
      signal,
      onDamaged: onDamagedHead,
    })) {
      for (const scored of listed) {
        const [first] = batch;
        if (
          first !== undefined &&
          !(batch.length < MAX_BATCH_REQUESTS && together(first, scored))
        ) {
          yield await this.#rebuildUndamaged(batch, options);
          batch = [];
        }
        batch.push(scored);
      }
    }
    if (batch.length > 0) yield await this.#rebuildUndamaged(batch, options);
  }

  /** A day that is damaged is told and left as it is, like a request. */
  async #rebuildUndamaged(
    batch: readonly ScoredRequest[],
    options: RebuildOptions,
  ): Promise<RebuiltTraces> {
    try {
      return await this.#rebuildBatch(batch, options);
    } catch (error) {
      if (!isTraceStoreError(error, "tile-damaged") || options.onDamaged === undefined) throw error;
      options.onDamaged(error, undefined);
      const { key } = batch.at(-1) as ScoredRequest;
      return { key, requests: batch.length, added: 0, points: 0 };
    }
  }

  async #rebuildBatch(
    batch: readonly ScoredRequest[],
    { full = false, onDamaged, signal }: RebuildOptions,
  ): Promise<RebuiltTraces> {
    const options = { signal };
    const last = batch.at(-1) as ScoredRequest;
    const { versions } = await this.#dayOf(last.request, options);
    const isTraced = ({ request, scoresVersion }: ScoredRequest): boolean =>
      versions.get(request.startUnixSeconds) === scoresVersion;
    const added = batch.filter((scored) => !isTraced(scored));
    const records: ScoreRecord[] = [];
    for (const { key } of full ? batch : added) {
      const record = await readable(key, onDamaged, () =>
        this.#predictions.readScoreRecord(key, options),
      );
      if (record !== undefined) records.push(record);
    }
    let points = await this.#write(records, { signal, onDamaged });
    for (const { version, scores } of records) {
      versions.set(parseRequestKey(scores.requestKey).startUnixSeconds, version);
      points += await this.update(scores.requestKey, options);
    }
    return { key: last.key, requests: batch.length, added: added.length, points };
  }

  /** @param records of one label, asset and day */
  async #write(
    records: readonly ScoreRecord[],
    { signal, onDamaged }: Pick<RebuildOptions, "signal" | "onDamaged">,
  ): Promise<number> {
    const options = { signal };
    const published: PublishedRequest[] = [];
    for (const { scores } of records) {
      const { requestKey } = scores;
      const request = await readable(requestKey, onDamaged, () =>
        this.#readScored(scores, options),
      );
      if (request !== undefined) published.push(request);
    }
    const digests = published.map(digestPoints);
    const scores = records.map(scorePoints);
    return (
      (await writePoints(this.#sets.digests, digestValues, digests, options)) +
      (await writePoints(this.#sets.scores, numberValues, scores, options))
    );
  }

  /** The version that was scored; `undefined` when it is no longer kept. */
  async #readScored(
    { requestKey, requestVersion }: ScoreSet,
    options: CallOptions,
  ): Promise<PublishedRequest | undefined> {
    try {
      return await this.#predictions.read(requestKey, { ...options, asOf: requestVersion });
    } catch (error) {
      if (isPredictionStoreError(error, "no-such-request")) return undefined;
      if (isVersionStoreError(error, "version-expired")) return undefined;
      throw error;
    }
  }

  async #dayOf(request: RequestAddress, options: CallOptions): Promise<TracedDay> {
    const day = this.#day;
    const isThatDay =
      day?.label === request.label &&
      day.asset === request.asset &&
      day.tile === traceTile(request.startUnixSeconds);
    if (day !== undefined && isThatDay) return day;
    this.#day = await readTracedDay(this.#sets.scores, request, options);
    return this.#day;
  }
}

/**
 * Opens the traces of a library's scores for writing; makes the two sets when they are not there.
 *
 * @throws {TraceStoreError} `value-type-mismatch`, `tile-size-mismatch` when a set of that name is another's
 */
export async function openRequestTraces({
  library,
  predictions,
  signal,
}: OpenRequestTracesOptions): Promise<RequestTraces> {
  const shared = { library, tileSize: TRACE_TILE_SIZE, signal };
  const scores = await openTraceStore({ ...shared, set: SCORE_TRACES, valueType: "float64" });
  const digests = await openTraceStore({ ...shared, set: DIGEST_TRACES, valueType: "digest" });
  return new RequestTraces({ scores, digests }, predictions);
}

function together({ request: a }: ScoredRequest, { request: b }: ScoredRequest): boolean {
  return (
    a.label === b.label &&
    a.asset === b.asset &&
    traceTile(a.startUnixSeconds) === traceTile(b.startUnixSeconds)
  );
}

/** What can be read, or `undefined` and the damage told. */
async function readable<T>(
  key: string,
  onDamaged: RebuildOptions["onDamaged"],
  read: () => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const isDamaged =
      isPredictionStoreError(error, "damaged") || isVersionStoreError(error, "data-integrity");
    if (!isDamaged || onDamaged === undefined) throw error;
    onDamaged(error, key);
    return undefined;
  }
}
