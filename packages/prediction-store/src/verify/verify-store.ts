import type { CallOptions } from "@foretile/storage";
import {
  DocumentReader,
  equalBytes,
  isVersionStoreError,
  segmentEntryKey,
  type Library,
  type ListedVersion,
  type Version,
} from "@foretile/version-store";
import { parseLabelConfig } from "../label/label-document.ts";
import { LABELS_SYMBOL } from "../label/label-record.ts";
import { isPredictionStoreError, PredictionStoreError } from "../prediction-store-error.ts";
import { stepCount, type ForecastRequest } from "../request/forecast-request.ts";
import { decodeScoreSet, SCORES_HANDLER } from "../scores/score-set.ts";
import {
  decodePredictionManifest,
  PREDICTION_HANDLER,
  type PredictionContent,
  type StoredTile,
} from "../store/prediction-manifest.ts";
import { allSteps, panelsInSpan, panelsOf } from "../store/step-range.ts";
import { tileContentHash } from "../tile/tile-bits.ts";
import { decodeSegments, fetchTiles } from "../tile/tile-reader.ts";
import type { TileTools } from "../tile/tile-tools.ts";
import type { DamagedEvent, VerifyEvent } from "./verify-event.ts";

/**
 * Reads everything of a library and compares it with every hash there is: heads, versions, manifests, each segment's
 * header and panels, and each decoded tile's content hash. Tiles that versions share are read once.
 *
 * Damage is reported and does not end the verification; an unreachable store does.
 */
export async function* verifyStore(
  library: Library,
  tools: TileTools,
  options: CallOptions = {},
): AsyncGenerator<VerifyEvent, void, undefined> {
  for await (const symbols of library.listSymbols(options)) {
    for (const entry of symbols) {
      if (entry.symbol === undefined) {
        yield damaged("head", {}, entry.error, entry.key);
      } else {
        yield* verifySymbol(library, tools, entry.symbol, options);
      }
    }
  }
}

async function* verifySymbol(
  library: Library,
  tools: TileTools,
  symbol: string,
  options: CallOptions,
): AsyncGenerator<VerifyEvent, void, undefined> {
  const seen = new Set<string>();
  let versions = 0;
  let bytes = 0;
  const listing = library.listVersions(symbol, { ...options, skipSnapshots: true });
  const batches = listing[Symbol.asyncIterator]();
  for (;;) {
    let batch: readonly ListedVersion[];
    try {
      const next = await batches.next();
      if (next.done === true) break;
      batch = next.value;
    } catch (error) {
      // A damaged page of the history hides the versions on it and before it.
      yield damaged("version", { symbol }, error);
      break;
    }
    for (const entry of batch) {
      if (entry.deleted) continue;
      versions += 1;
      const position = { symbol, version: entry.version };
      let content: PredictionContent | undefined;
      try {
        content = contentOf(await library.resolve(symbol, { ...options, asOf: entry.version }));
      } catch (error) {
        // Removed since it was listed.
        if (isVersionStoreError(error, "no-data-found")) continue;
        yield damaged("version", position, error);
        continue;
      }
      if (content === undefined) continue;
      for (const tile of content.answers) {
        if (tile.status !== "valid") continue;
        const unseen = tile.segments.filter((segment) => !seen.has(segmentEntryKey(segment)));
        if (unseen.length === 0) continue;
        for (const segment of unseen) {
          seen.add(segmentEntryKey(segment));
          bytes += segment.length;
        }
        try {
          await verifyTile(library, tools, content.request, tile, options);
        } catch (error) {
          yield damaged("tile", { ...position, minerId: tile.minerId }, error);
        }
      }
    }
  }
  yield { type: "checked", symbol, versions, segments: seen.size, bytes };
}

/** The content of a request's version; for a record, `undefined`, after its fields were read. */
function contentOf(version: Version): PredictionContent | undefined {
  const { handler, body } = version.manifest;
  if (handler === PREDICTION_HANDLER) return decodePredictionManifest(version.manifest);
  const reader = new DocumentReader(body, handler);
  if (handler === SCORES_HANDLER) decodeScoreSet(reader);
  if (handler === LABELS_SYMBOL) reader.list("labels").forEach((value) => parseLabelConfig(value));
  return undefined;
}

async function verifyTile(
  library: Library,
  tools: TileTools,
  request: ForecastRequest,
  tile: StoredTile,
  options: CallOptions,
): Promise<void> {
  const shape = { simulations: request.simulations, steps: stepCount(request) };
  const steps = allSteps(shape);
  const panels = panelsInSpan(panelsOf(steps, shape));
  const values = new Float32Array(shape.simulations * shape.steps);
  const fetching = fetchTiles(library, tools, [tile], (item) => item, panels, options);
  for await (const { segments, error } of fetching) {
    if (error !== undefined) throw error;
    decodeSegments(tools, tile, shape, segments, steps, values);
  }
  if (!equalBytes(await tileContentHash(values), tile.contentHash)) {
    throw new PredictionStoreError(
      "damaged",
      `the decoded tile has another content hash than its manifest says miner_id=${tile.minerId}`,
    );
  }
}

/** @throws the error itself when it does not speak of damage */
function damaged(
  what: DamagedEvent["what"],
  position: Pick<DamagedEvent, "symbol" | "version" | "minerId">,
  error: unknown,
  key?: string,
): DamagedEvent {
  if (
    !isVersionStoreError(error, "data-integrity", "format-too-new") &&
    !isPredictionStoreError(error, "damaged", "tile-expired", "format-too-new", "invalid-label")
  ) {
    throw error;
  }
  const where = key ?? error.details["key"]?.toString();
  return { type: "damaged", what, ...position, key: where, message: wholeMessage(error) };
}

/** The error's message and those of its causes. */
function wholeMessage(error: Error): string {
  return error.cause instanceof Error
    ? `${error.message}: ${wholeMessage(error.cause)}`
    : error.message;
}
