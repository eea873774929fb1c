import { encodeCanonical, type DocumentValue } from "@foretile/codecs/msgpack";
import type { TileMode } from "@foretile/codecs";
import { DocumentReader, type Manifest, type SegmentEntry } from "@foretile/version-store";
import { PredictionStoreError } from "../prediction-store-error.ts";
import { stepCount, type ForecastRequest } from "../request/forecast-request.ts";

/** How tiles are laid out, as it is stored: in tile frames of version 1, or as plain numbers without a frame. */
const FRAME_VERSIONS = { frames: 1, plain: 2 } as const;

/** Who understands the manifest's body. */
export const PREDICTION_HANDLER = "prediction";

interface StoredAnswerFacts {
  readonly minerUid: number;
  readonly minerId: number;
  readonly processTimeSeconds: number | undefined;
}

/** A tile as the manifest describes it. */
export interface StoredTile extends StoredAnswerFacts {
  readonly status: "valid";
  readonly mode: TileMode;
  /** `frames`: each segment is a tile frame. `plain`: the only segment is the tile's numbers as `plain-tile` says. */
  readonly layout: "frames" | "plain";
  /** 32 bytes: SHA-256 of the tile's little-endian float32 bits, step-major. */
  readonly contentHash: Uint8Array;
  /** Panels in each segment; the last segment may have fewer. */
  readonly panelsPerSegment: number;
  /** In order of their panels. */
  readonly segments: readonly SegmentEntry[];
}

interface StoredRejection extends StoredAnswerFacts {
  readonly status: "invalid";
  /** A `RejectionReason`, or one that a newer release added. */
  readonly reason: string;
  readonly message: string;
}

export type StoredAnswer = StoredTile | StoredRejection;

/** What one version of a request consists of. */
export interface PredictionContent {
  readonly request: ForecastRequest;
  /** Ordered by miner id, one per miner. */
  readonly answers: readonly StoredAnswer[];
}

export function encodePredictionManifest(content: PredictionContent): Manifest {
  const segments: SegmentEntry[] = [];
  const answers = content.answers.map((answer): DocumentValue => {
    const facts = {
      miner_uid: answer.minerUid,
      miner_id: answer.minerId,
      ...(answer.processTimeSeconds === undefined
        ? {}
        : { process_time: answer.processTimeSeconds }),
    };
    if (answer.status === "invalid") {
      return { ...facts, status: "invalid", reason: answer.reason, message: answer.message };
    }
    const firstSegment = segments.length;
    segments.push(...answer.segments);
    return {
      ...facts,
      status: "valid",
      frame_version: FRAME_VERSIONS[answer.layout],
      mode: answer.mode,
      content_hash: answer.contentHash,
      panels_per_segment: answer.panelsPerSegment,
      first_segment: firstSegment,
      segment_count: answer.segments.length,
    };
  });
  const body = { request: encodeRequest(content.request), answers };
  return { handler: PREDICTION_HANDLER, body, segments };
}

/** @throws {VersionStoreError} `data-integrity` for a field of the wrong type */
export function decodePredictionManifest(manifest: Manifest): PredictionContent {
  if (manifest.handler !== PREDICTION_HANDLER) {
    throw damaged(`manifest is not a request's handler=${manifest.handler}`);
  }
  const body = new DocumentReader(manifest.body, "request manifest");
  const answers = body.records("answers", (reader) => decodeAnswer(reader, manifest.segments));
  return { request: decodeRequest(body.record("request")), answers };
}

/**
 * Bytes that are equal exactly when two versions say the same: the request, who answered, and what. Process times,
 * messages, codecs and places are not part of it, so that a replay on any store comes to the same hash.
 */
export function predictionIdentity(content: PredictionContent): Uint8Array {
  return encodeCanonical({
    kind: "foretile request 1",
    request: encodeRequest(content.request),
    answers: content.answers.map((answer) => ({
      miner_uid: answer.minerUid,
      miner_id: answer.minerId,
      status: answer.status,
      ...(answer.status === "valid"
        ? { content_hash: answer.contentHash }
        : { reason: answer.reason }),
    })),
  });
}

/** Bytes of one tile of a request as float32. */
export function tileBytes(request: ForecastRequest): number {
  return request.simulations * stepCount(request) * Float32Array.BYTES_PER_ELEMENT;
}

/** Bytes of all tiles as float32. */
export function rawTileBytes(content: PredictionContent): number {
  return content.answers.filter((a) => a.status === "valid").length * tileBytes(content.request);
}

function encodeRequest(request: ForecastRequest): DocumentValue {
  return {
    label: request.label,
    asset: request.asset,
    start_unix_seconds: request.startUnixSeconds,
    time_increment: request.timeIncrementSeconds,
    time_length: request.timeLengthSeconds,
    num_simulations: request.simulations,
  };
}

function decodeRequest(reader: DocumentReader): ForecastRequest {
  return {
    label: reader.text("label"),
    asset: reader.text("asset"),
    startUnixSeconds: reader.integer("start_unix_seconds"),
    timeIncrementSeconds: reader.integer("time_increment", 1),
    timeLengthSeconds: reader.integer("time_length", 1),
    simulations: reader.integer("num_simulations", 1),
  };
}

function decodeAnswer(reader: DocumentReader, segments: readonly SegmentEntry[]): StoredAnswer {
  const facts: StoredAnswerFacts = {
    minerUid: reader.integer("miner_uid"),
    minerId: reader.integer("miner_id"),
    processTimeSeconds: reader.has("process_time") ? reader.number("process_time") : undefined,
  };
  const status = reader.text("status");
  if (status === "invalid") {
    return { ...facts, status, reason: reader.text("reason"), message: reader.text("message") };
  }
  if (status !== "valid") throw damaged(`answer has an unknown status status=${status}`);
  const mode = reader.text("mode");
  // A newer format is announced here, under the manifest's hash: in a segment it would be taken for damage.
  const frameVersion = reader.integer("frame_version", 1);
  if (frameVersion > FRAME_VERSIONS.plain || !isTileMode(mode)) {
    throw new PredictionStoreError(
      "format-too-new",
      `tile was written by a newer release; upgrade @foretile/prediction-store ` +
        `frame_version=${frameVersion} mode=${mode}`,
    );
  }
  const first = reader.integer("first_segment");
  const count = reader.integer("segment_count", 1);
  if (first + count > segments.length) throw damaged("answer names segments that are not there");
  return {
    ...facts,
    status,
    mode,
    layout: frameVersion === FRAME_VERSIONS.plain ? "plain" : "frames",
    contentHash: reader.bytes("content_hash", 32),
    panelsPerSegment: reader.integer("panels_per_segment", 1),
    segments: segments.slice(first, first + count),
  };
}

const tileModes: readonly string[] = [
  "raw",
  "lz4",
  "pack",
  "decimal",
  "split",
] satisfies readonly TileMode[];

function isTileMode(mode: string): mode is TileMode {
  return tileModes.includes(mode);
}

function damaged(message: string): PredictionStoreError {
  return new PredictionStoreError("damaged", message);
}
