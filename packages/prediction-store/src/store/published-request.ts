import { PANEL_STEPS, panelCount, type TileCodec, type TileShape } from "@foretile/codecs";
import type { CallOptions } from "@foretile/storage";
import { toHex, type Library, type Version } from "@foretile/version-store";
import { isPredictionStoreError, PredictionStoreError } from "../prediction-store-error.ts";
import { stepCount, type ForecastRequest } from "../request/forecast-request.ts";
import { decodeSegments, fetchSegments, type PanelSpan } from "../tile/tile-reader.ts";
import type { AnswerEntry, ValidAnswerEntry } from "./answer-entry.ts";
import { fetchAhead } from "./fetch-ahead.ts";
import {
  decodePredictionManifest,
  tileBytes,
  type StoredAnswer,
  type StoredTile,
} from "./prediction-manifest.ts";

/** Tiles that are fetched, still encoded, while the consumer works on one. */
const TILES_AHEAD = 2;

/** Slices that are fetched at once: each is a panel or two. */
const SLICES_AHEAD = 16;

/** Steps of a request, half-open: 0 ≤ `from` < `to` ≤ its step count. */
export interface StepRange {
  readonly from: number;
  readonly to: number;
}

export interface ReadTileOptions extends CallOptions {
  /** Receives the values; at least `simulations × steps` elements. A fresh array when missing. */
  readonly out?: Float32Array | undefined;
}

export interface ReadTilesOptions extends CallOptions {
  /** Only these miners. Those without a valid answer are left out. */
  readonly minerIds?: readonly number[] | undefined;
}

/** A tile, or part of one, or how it is damaged. */
export type TileResult =
  | {
      readonly answer: ValidAnswerEntry;
      /** float32 `[steps, simulations]` row-major. */
      readonly values: Float32Array;
      readonly error?: undefined;
    }
  | {
      readonly answer: ValidAnswerEntry;
      readonly values?: undefined;
      readonly error: PredictionStoreError;
    };

/** One version of a request, pinned: whatever is published later, everything read through it is of this version. */
export class PublishedRequest {
  readonly key: string;
  readonly request: ForecastRequest;
  readonly version: number;
  /** SHA-256 of what the version says, 64 hexadecimal characters. */
  readonly versionHash: string;
  /** Wall-clock milliseconds of the commit. */
  readonly publishedAtMs: number;
  /** Ordered by miner id. */
  readonly answers: readonly AnswerEntry[];
  readonly shape: TileShape;
  readonly #library: Library;
  readonly #codec: TileCodec;
  readonly #tiles: ReadonlyMap<number, readonly [ValidAnswerEntry, StoredTile]>;

  /** Made by `PredictionStore.read`. */
  constructor(key: string, version: Version, library: Library, codec: TileCodec) {
    const content = decodePredictionManifest(version.manifest);
    this.key = key;
    this.request = content.request;
    this.version = version.version;
    this.versionHash = toHex(version.contentHash);
    this.publishedAtMs = version.committedAtMs;
    this.shape = { simulations: content.request.simulations, steps: stepCount(content.request) };
    this.#library = library;
    this.#codec = codec;
    const tiles = new Map<number, readonly [ValidAnswerEntry, StoredTile]>();
    this.answers = content.answers.map((stored) => {
      const entry = answerEntry(stored, content.request);
      if (stored.status === "valid" && entry.status === "valid") {
        tiles.set(stored.minerId, [entry, stored]);
      }
      return entry;
    });
    this.#tiles = tiles;
  }

  /**
   * One miner's tile, every byte checked against the manifest.
   *
   * @returns float32 `[steps, simulations]` row-major, in `out` when that was given
   * @throws {PredictionStoreError} `no-such-tile`; `damaged` when stored bytes are missing or not the published ones
   */
  async readTile(minerId: number, options: ReadTileOptions = {}): Promise<Float32Array> {
    const found = this.#tiles.get(minerId);
    if (found === undefined) {
      throw new PredictionStoreError(
        "no-such-tile",
        `the request has no valid answer of that miner key=${this.key} miner_id=${minerId}`,
      );
    }
    const [, tile] = found;
    const span = { first: 0, end: panelCount(this.shape) };
    const values = this.#tileArray(options.out);
    const fetched = await fetchSegments(this.#library, tile, span, options);
    decodeSegments(this.#codec, tile, this.shape, fetched, span, values);
    return values;
  }

  /**
   * All valid tiles in order of miner id, in bounded memory. A tile that is damaged is a result with its error and does
   * not end the iteration.
   *
   * `values` is one array that is reused: it is valid until the next step of the iteration.
   */
  async *tiles(options: ReadTilesOptions = {}): AsyncGenerator<TileResult, void, undefined> {
    const span = { first: 0, end: panelCount(this.shape) };
    const values = this.#tileArray(undefined);
    const fetches = fetchAhead(this.#selected(options), TILES_AHEAD, ([, tile]) =>
      fetchSegments(this.#library, tile, span, options),
    );
    for await (const [[answer, tile], fetched] of fetches) {
      yield tileResult(answer, fetched, (segments) => {
        decodeSegments(this.#codec, tile, this.shape, segments, span, values);
        return values;
      });
    }
  }

  /**
   * Some steps of all valid tiles, in order of miner id. Reads only the panels those steps lie in.
   *
   * @returns results whose `values` are float32 `[to − from, simulations]` row-major and belong to the caller
   * @throws {PredictionStoreError} `invalid-slice`
   */
  async *slice(
    steps: StepRange,
    options: ReadTilesOptions = {},
  ): AsyncGenerator<TileResult, void, undefined> {
    const { simulations } = this.shape;
    const span = panelsOf(steps, this.shape);
    const firstStep = span.first * PANEL_STEPS;
    const endStep = Math.min(span.end * PANEL_STEPS, this.shape.steps);
    const panels = new Float32Array((endStep - firstStep) * simulations);
    const fetches = fetchAhead(this.#selected(options), SLICES_AHEAD, ([, tile]) =>
      fetchSegments(this.#library, tile, span, options),
    );
    for await (const [[answer, tile], fetched] of fetches) {
      yield tileResult(answer, fetched, (segments) => {
        decodeSegments(this.#codec, tile, this.shape, segments, span, panels);
        return panels.slice(
          (steps.from - firstStep) * simulations,
          (steps.to - firstStep) * simulations,
        );
      });
    }
  }

  #selected(options: ReadTilesOptions): (readonly [ValidAnswerEntry, StoredTile])[] {
    const { minerIds } = options;
    if (minerIds === undefined) return [...this.#tiles.values()];
    const wanted = new Set(minerIds);
    return [...this.#tiles].filter(([minerId]) => wanted.has(minerId)).map(([, tile]) => tile);
  }

  #tileArray(out: Float32Array | undefined): Float32Array {
    const length = this.shape.simulations * this.shape.steps;
    if (out === undefined) return new Float32Array(length);
    if (out.length < length) {
      throw new RangeError(`out is too small wanted=${length} found=${out.length}`);
    }
    return out.subarray(0, length);
  }
}

/**
 * The panels that hold some steps.
 *
 * @throws {PredictionStoreError} `invalid-slice` unless 0 ≤ from < to ≤ steps
 */
function panelsOf(steps: StepRange, shape: TileShape): PanelSpan {
  const { from, to } = steps;
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || from >= to) {
    throw invalidSlice(steps, shape);
  }
  if (to > shape.steps) throw invalidSlice(steps, shape);
  return { first: Math.floor(from / PANEL_STEPS), end: Math.ceil(to / PANEL_STEPS) };
}

function invalidSlice({ from, to }: StepRange, shape: TileShape): PredictionStoreError {
  return new PredictionStoreError(
    "invalid-slice",
    `steps must be a half-open range inside the request from=${from} to=${to} steps=${shape.steps}`,
  );
}

function tileResult<Segments>(
  answer: ValidAnswerEntry,
  fetched: PromiseSettledResult<Segments>,
  decode: (segments: Segments) => Float32Array,
): TileResult {
  try {
    if (fetched.status === "rejected") throw fetched.reason as Error;
    return { answer, values: decode(fetched.value) };
  } catch (error) {
    // Only damage belongs to one tile; an aborted call or an unreachable store concerns them all.
    if (!isPredictionStoreError(error, "damaged")) throw error;
    return { answer, error };
  }
}

function answerEntry(stored: StoredAnswer, request: ForecastRequest): AnswerEntry {
  const { minerUid, minerId, processTimeSeconds } = stored;
  const facts = { minerUid, minerId, processTimeSeconds };
  if (stored.status === "invalid") {
    return { ...facts, status: "invalid", reason: stored.reason, message: stored.message };
  }
  return {
    ...facts,
    status: "valid",
    contentHash: toHex(stored.contentHash),
    rawBytes: tileBytes(request),
    storedBytes: stored.segments.reduce((sum, segment) => sum + segment.length, 0),
    mode: stored.mode,
  };
}
