import { requireInteger } from "../require-integer.ts";

/** What a codec accepts, checked before anything of that size is allocated. */
export interface TileCodecLimits {
  /** Default 65,536. At most 2^24. */
  readonly maxSimulations: number;
  /** Default 65,536. At most 2^24. */
  readonly maxSteps: number;
  /** Most bytes of one frame, both as stored and as decoded values. Default 256 MiB. At most 1 GiB. */
  readonly maxFrameBytes: number;
}

const defaults: TileCodecLimits = {
  maxSimulations: 65_536,
  maxSteps: 65_536,
  maxFrameBytes: 268_435_456,
};

// With these ceilings every product and sum of sizes stays an exact integer below 2^53.
const HIGHEST_COUNT = 2 ** 24;
const HIGHEST_BYTES = 2 ** 30;

/**
 * Fills in the defaults.
 *
 * @throws {CodecError} `invalid-argument` for a limit that is no positive integer up to its ceiling
 */
export function resolveTileCodecLimits(limits: Partial<TileCodecLimits> = {}): TileCodecLimits {
  const resolved = { ...defaults, ...limits };
  requireInteger("maxSimulations", resolved.maxSimulations, 1, HIGHEST_COUNT);
  requireInteger("maxSteps", resolved.maxSteps, 1, HIGHEST_COUNT);
  requireInteger("maxFrameBytes", resolved.maxFrameBytes, 1, HIGHEST_BYTES);
  return resolved;
}
