import { PANEL_STEPS, type TileShape } from "@foretile/codecs";
import {
  toHex,
  type Library,
  type ReadSegmentsOptions,
  type Version,
} from "@foretile/version-store";
import { isPredictionStoreError, PredictionStoreError } from "../prediction-store-error.ts";
import { stepCount, type ForecastRequest } from "../request/forecast-request.ts";
import {
  decodePanels,
  decodeSegments,
  fetchTiles,
  type FetchedSegments,
  type FetchedTile,
  type PanelPlace,
} from "../tile/tile-reader.ts";
import type { TileTools } from "../tile/tile-tools.ts";
import type { AnswerEntry, ValidAnswerEntry } from "./answer-entry.ts";
import {
  allSteps,
  panelOf,
  panelsInSpan,
  panelsOf,
  panelsOfRuns,
  type StepRange,
} from "./step-range.ts";
import { inStoredOrder, tileRuns, type TileRun } from "./stored-order.ts";
import type {
  ReadSliceOptions,
  ReadTileOptions,
  ReadTilesOptions,
  SelectTilesOptions,
  TilePanel,
  TilePanels,
  TileResult,
} from "./tile-result.ts";
import {
  decodePredictionManifest,
  tileBytes,
  type StoredAnswer,
  type StoredTile,
} from "./prediction-manifest.ts";

/**
 * Tiles, or runs of tiles that lie together, are fetched, still encoded, while the consumer works on one: two more tiles
 * or one more run.
 */
const TILES_AHEAD = { maxStepsInFlight: 3, maxBytesInFlight: 16 * 1024 * 1024 };

/** Panels are small where few are wanted: then more requests may be under way, of no more bytes. */
const PANELS_AHEAD = { maxStepsInFlight: 16, maxBytesInFlight: 16 * 1024 * 1024 };

type AnswerTile = readonly [ValidAnswerEntry, StoredTile];

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
  readonly #tools: TileTools;
  readonly #tiles: ReadonlyMap<number, AnswerTile>;

  /** Made by `PredictionStore.read`. */
  constructor(key: string, version: Version, library: Library, tools: TileTools) {
    const content = decodePredictionManifest(version.manifest);
    this.key = key;
    this.request = content.request;
    this.version = version.version;
    this.versionHash = toHex(version.contentHash);
    this.publishedAtMs = version.committedAtMs;
    this.shape = { simulations: content.request.simulations, steps: stepCount(content.request) };
    this.#library = library;
    this.#tools = tools;
    const tiles = new Map<number, AnswerTile>();
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
    const steps = allSteps(this.shape);
    const panels = panelsInSpan(panelsOf(steps, this.shape));
    const values = this.#tileArray(options.out);
    for await (const { segments, error } of this.#fetch([found], panels, options)) {
      if (error !== undefined) throw error;
      decodeSegments(this.#tools, tile, this.shape, segments, steps, values);
    }
    return values;
  }

  /** The valid tiles in the order in which the store holds them, cut where reading them costs another request. */
  storedRuns(): readonly TileRun[] {
    return tileRuns([...this.#tiles.values()].map(([, tile]) => tile));
  }

  /**
   * All valid tiles, in bounded memory. A tile that is damaged is a result with its error and does not end the
   * iteration.
   *
   * `values` is one array that is reused: it is valid until the next step of the iteration.
   */
  tiles(options: ReadTilesOptions = {}): AsyncGenerator<TileResult, void, undefined> {
    let values: Float32Array | undefined;
    const room = (): Float32Array => (values ??= this.#tileArray(options.out));
    return this.#read(allSteps(this.shape), { ...TILES_AHEAD, ...options }, room);
  }

  /**
   * Some steps of all valid tiles. Reads only the panels those steps lie in, and little more where they lie close
   * together.
   *
   * @returns results whose `values` are float32 `[to − from, simulations]` row-major; they belong to the caller, or are
   *   one view of `out` when that was given
   * @throws {PredictionStoreError} `invalid-slice`
   */
  slice(
    steps: StepRange,
    options: ReadSliceOptions = {},
  ): AsyncGenerator<TileResult, void, undefined> {
    const length = this.shape.simulations * (steps.to - steps.from);
    const { out } = options;
    return this.#read(steps, options, () => arrayOf(length, out));
  }

  /**
   * Some steps of all valid tiles, panel by panel, one tile after the other, in bounded memory. Reads only the panels those
   * steps lie in, and little more where they lie close together. A tile that is damaged is a result with its error and
   * does not end the iteration.
   *
   * @param runs of consecutive steps, ascending, each in a panel of its own: panel `n` holds the steps from `32 n` on
   * @throws {PredictionStoreError} `invalid-slice` for other runs
   */
  async *panels(
    runs: readonly StepRange[],
    options: SelectTilesOptions = {},
  ): AsyncGenerator<TilePanels, void, undefined> {
    const panels = panelsOfRuns(runs, this.shape);
    const runOf = new Map(runs.map((run) => [panelOf(run.from), run]));
    const most = runs.reduce((steps, { from, to }) => Math.max(steps, to - from), 0);
    const out = new Float32Array(most * this.shape.simulations);
    const bounds = { ...PANELS_AHEAD, ...options };
    for await (const { item, segments, error } of this.#fetchSelected(panels, bounds)) {
      const [answer, tile] = item;
      yield error === undefined
        ? { answer, panels: this.#decodeEach(tile, segments, runOf, out) }
        : { answer, error };
    }
  }

  *#decodeEach(
    tile: StoredTile,
    segments: FetchedSegments,
    runOf: ReadonlyMap<number, StepRange>,
    out: Float32Array,
  ): Generator<TilePanel, void, undefined> {
    const { shape } = this;
    const placeOf = (panel: number): PanelPlace | undefined => {
      const run = runOf.get(panel);
      const first = panel * PANEL_STEPS;
      return run && { wanted: { from: run.from - first, to: run.to - first }, offset: 0 };
    };
    for (const panel of decodePanels(this.#tools, tile, shape, segments, placeOf, out)) {
      const run = runOf.get(panel);
      if (run === undefined) continue;
      const steps = run.to - run.from;
      yield { firstStep: run.from, steps, values: out.subarray(0, steps * shape.simulations) };
    }
  }

  /** @param room for the steps of the next tile */
  async *#read(
    steps: StepRange,
    options: SelectTilesOptions & ReadSegmentsOptions,
    room: () => Float32Array,
  ): AsyncGenerator<TileResult, void, undefined> {
    const panels = panelsInSpan(panelsOf(steps, this.shape));
    for await (const fetched of this.#fetchSelected(panels, options)) {
      yield tileResult(fetched, (tile, segments) => {
        const values = room();
        decodeSegments(this.#tools, tile, this.shape, segments, steps, values);
        return values;
      });
    }
  }

  #fetchSelected(
    panels: readonly number[],
    options: SelectTilesOptions & ReadSegmentsOptions,
  ): AsyncGenerator<FetchedTile<AnswerTile>, void, undefined> {
    return this.#fetch(this.#selected(options), panels, options);
  }

  #fetch(
    tiles: readonly AnswerTile[],
    panels: readonly number[],
    { signal, maxBytesInFlight, maxStepsInFlight }: ReadSegmentsOptions,
  ): AsyncGenerator<FetchedTile<AnswerTile>, void, undefined> {
    const bounds = { signal, maxBytesInFlight, maxStepsInFlight };
    return fetchTiles(this.#library, this.#tools, tiles, ([, tile]) => tile, panels, bounds);
  }

  #selected({ minerIds, order = "miner" }: SelectTilesOptions): readonly AnswerTile[] {
    const wanted = minerIds && new Set(minerIds);
    const tiles = [...this.#tiles.values()].filter(([{ minerId }]) => wanted?.has(minerId) ?? true);
    return order === "stored" ? inStoredOrder(tiles, ([, tile]) => tile) : tiles;
  }

  #tileArray(out: Float32Array | undefined): Float32Array {
    return arrayOf(this.shape.simulations * this.shape.steps, out);
  }
}

function arrayOf(length: number, out: Float32Array | undefined): Float32Array {
  if (out === undefined) return new Float32Array(length);
  if (out.length < length) {
    throw new RangeError(`out is too small wanted=${length} found=${out.length}`);
  }
  return out.subarray(0, length);
}

function tileResult(
  { item: [answer, tile], segments, error }: FetchedTile<AnswerTile>,
  decode: (tile: StoredTile, segments: FetchedSegments) => Float32Array,
): TileResult {
  if (error !== undefined) return { answer, error };
  try {
    return { answer, values: decode(tile, segments) };
  } catch (failure) {
    // Only damage belongs to one tile.
    if (!isPredictionStoreError(failure, "damaged", "tile-expired")) throw failure;
    return { answer, error: failure };
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
