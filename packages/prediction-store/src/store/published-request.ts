import { PANEL_STEPS, panelCount, stepsInPanel, type TileShape } from "@foretile/codecs";
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
  panelsInSpan,
  type FetchedSegments,
  type FetchedTile,
  type PanelSpan,
} from "../tile/tile-reader.ts";
import type { TileTools } from "../tile/tile-tools.ts";
import type { AnswerEntry, ValidAnswerEntry } from "./answer-entry.ts";
import { checkPanels, panelsOf, type StepRange } from "./step-range.ts";
import { inStoredOrder, tileRuns, type TileRun } from "./stored-order.ts";
import type {
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
  readonly #tiles: ReadonlyMap<number, readonly [ValidAnswerEntry, StoredTile]>;

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
    for await (const { segments, error } of this.#fetch([tile], panelsInSpan(span), options)) {
      if (error !== undefined) throw error;
      decodeSegments(this.#tools, tile, this.shape, segments, span, values);
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
  async *tiles(options: ReadTilesOptions = {}): AsyncGenerator<TileResult, void, undefined> {
    const span = { first: 0, end: panelCount(this.shape) };
    const values = this.#tileArray(options.out);
    yield* this.#read(span, { ...TILES_AHEAD, ...options }, (tile, segments) => {
      decodeSegments(this.#tools, tile, this.shape, segments, span, values);
      return values;
    });
  }

  /**
   * Some steps of all valid tiles. Reads only the panels those steps lie in, and little more where they lie close
   * together.
   *
   * @returns results whose `values` are float32 `[to − from, simulations]` row-major and belong to the caller
   * @throws {PredictionStoreError} `invalid-slice`
   */
  async *slice(
    steps: StepRange,
    options: SelectTilesOptions = {},
  ): AsyncGenerator<TileResult, void, undefined> {
    const { simulations } = this.shape;
    const span = panelsOf(steps, this.shape);
    const firstStep = span.first * PANEL_STEPS;
    const endStep = Math.min(span.end * PANEL_STEPS, this.shape.steps);
    const panels = new Float32Array((endStep - firstStep) * simulations);
    yield* this.#read(span, options, (tile, segments) => {
      decodeSegments(this.#tools, tile, this.shape, segments, span, panels);
      return panels.slice(
        (steps.from - firstStep) * simulations,
        (steps.to - firstStep) * simulations,
      );
    });
  }

  /**
   * Some panels of all valid tiles, one tile after the other, in bounded memory. Reads nothing else, and little more
   * where they lie close together. A tile that is damaged is a result with its error and does not end the iteration.
   *
   * @param panels their numbers, ascending: panel `n` holds the steps from `32 n` on
   * @throws {PredictionStoreError} `invalid-slice` for a panel the request does not have
   */
  async *panels(
    panels: readonly number[],
    options: SelectTilesOptions = {},
  ): AsyncGenerator<TilePanels, void, undefined> {
    checkPanels(panels, this.shape);
    const wanted = new Set(panels);
    const placeOf = (panel: number): number | undefined => (wanted.has(panel) ? 0 : undefined);
    const out = new Float32Array(PANEL_STEPS * this.shape.simulations);
    const bounds = { ...PANELS_AHEAD, ...options };
    for await (const { answer, tile, fetched } of this.#fetchSelected(panels, bounds)) {
      const { segments, error } = fetched;
      yield error === undefined
        ? { answer, panels: this.#decodeEach(tile, segments, placeOf, out) }
        : { answer, error };
    }
  }

  *#decodeEach(
    tile: StoredTile,
    segments: FetchedSegments,
    placeOf: (panel: number) => number | undefined,
    out: Float32Array,
  ): Generator<TilePanel, void, undefined> {
    const { shape } = this;
    for (const panel of decodePanels(this.#tools, tile, shape, segments, placeOf, out)) {
      const steps = stepsInPanel(shape, panel);
      const values = out.subarray(0, steps * shape.simulations);
      yield { firstStep: panel * PANEL_STEPS, steps, values };
    }
  }

  async *#read(
    span: PanelSpan,
    options: SelectTilesOptions & ReadSegmentsOptions,
    decode: (tile: StoredTile, segments: FetchedSegments) => Float32Array,
  ): AsyncGenerator<TileResult, void, undefined> {
    const selected = this.#fetchSelected(panelsInSpan(span), options);
    for await (const { answer, tile, fetched } of selected) {
      yield tileResult(answer, fetched, (segments) => decode(tile, segments));
    }
  }

  async *#fetchSelected(
    panels: readonly number[],
    options: SelectTilesOptions & ReadSegmentsOptions,
  ): AsyncGenerator<FetchedAnswer, void, undefined> {
    const selected = this.#selected(options);
    const next = selected.values();
    const tiles = selected.map(([, tile]) => tile);
    for await (const fetched of this.#fetch(tiles, panels, options)) {
      const { value } = next.next();
      if (value === undefined) return;
      const [answer, tile] = value;
      yield { answer, tile, fetched };
    }
  }

  #fetch(
    tiles: readonly StoredTile[],
    panels: readonly number[],
    { signal, maxBytesInFlight, maxStepsInFlight }: ReadSegmentsOptions,
  ): AsyncGenerator<FetchedTile, void, undefined> {
    const bounds = { maxBytesInFlight, maxStepsInFlight };
    return fetchTiles(this.#library, tiles, panels, { signal, ...bounds });
  }

  #selected({
    minerIds,
    order = "miner",
  }: SelectTilesOptions): (readonly [ValidAnswerEntry, StoredTile])[] {
    const wanted = minerIds && new Set(minerIds);
    const tiles = [...this.#tiles.values()].filter(([{ minerId }]) => wanted?.has(minerId) ?? true);
    return order === "stored" ? inStoredOrder(tiles, ([, tile]) => tile) : tiles;
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

interface FetchedAnswer {
  readonly answer: ValidAnswerEntry;
  readonly tile: StoredTile;
  readonly fetched: FetchedTile;
}

function tileResult(
  answer: ValidAnswerEntry,
  { segments, error }: FetchedTile,
  decode: (segments: FetchedSegments) => Float32Array,
): TileResult {
  if (error !== undefined) return { answer, error };
  try {
    return { answer, values: decode(segments) };
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
