import { isCodecError } from "@foretile/codecs";
import {
  equalBytes,
  segmentEntryKey,
  type SegmentEntry,
  type SegmentVerifier,
} from "@foretile/version-store";
import { PredictionStoreError } from "../prediction-store-error.ts";
import { createTileTools, type TileTools } from "../tile/tile-tools.ts";
import { PREDICTION_HANDLER } from "../store/prediction-manifest.ts";

/**
 * How the segments of this package are verified where only their entries are known, by the handler of their manifests:
 * for `library.fsck` at level 2. Records, such as scores and labels, have none.
 *
 * A verifier compares every byte of a tile frame with the hash in its entry and decodes its panels. It throws a
 * {@link PredictionStoreError} `damaged`; or the codec's own error for a frame that a newer release wrote.
 */
export async function createSegmentVerifiers(): Promise<ReadonlyMap<string, SegmentVerifier>> {
  const tools = await createTileTools();
  return new Map([
    [
      PREDICTION_HANDLER,
      (bytes: Uint8Array, entry: SegmentEntry) => verifyTileSegment(tools, bytes, entry),
    ],
  ]);
}

/**
 * The hash of a frame covers its header, which holds the hashes of its panels. A plain tile has no frame: its hash is
 * that of all its bytes.
 */
function verifyTileSegment(
  { codec, checksum }: TileTools,
  bytes: Uint8Array,
  entry: SegmentEntry,
): void {
  if (equalBytes(checksum.hash128(bytes), entry.hash)) return;
  let hash: Uint8Array;
  try {
    hash = codec.decode(bytes).header.hash;
  } catch (error) {
    if (!isCodecError(error) || isNewer(error.code)) throw error;
    throw damaged("tile frame is damaged", entry, error);
  }
  if (!equalBytes(hash, entry.hash)) throw damaged("another tile frame was published", entry);
}

function isNewer(code: string): boolean {
  return code.startsWith("unsupported-");
}

function damaged(what: string, entry: SegmentEntry, cause?: Error): PredictionStoreError {
  const key = segmentEntryKey(entry);
  return new PredictionStoreError("damaged", `${what} key=${key}`, { cause, details: { key } });
}
