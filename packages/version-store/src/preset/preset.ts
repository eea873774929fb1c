import type { SegmentPolicy } from "../segment/segment-policy.ts";

/** What values are stored with: who knows them, how large segments are, and what makes them smaller. */
export interface PresetParameters extends SegmentPolicy {
  /** Names of the handlers, in the order in which they are asked whether a value is theirs. */
  readonly handlers: readonly string[];
  /** Names of the codecs in the order in which they encode; see `SegmentCodec.chain`. */
  readonly codecs: readonly string[];
}

/**
 * Combinations that are tested and measured as a whole, named for what they are for.
 *
 * - `general`: frames, arrays and other values, with no side favored
 * - `ensembles`: float32 matrices of which a few members or steps are read at a time
 * - `archive`: the fewest bytes
 * - `plain`: nothing encoded, for readers in other languages and for tests
 */
export type PresetName = "general" | "ensembles" | "archive" | "plain";

export const DEFAULT_PRESET: PresetName = "general";

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
const everyKind = ["frame", "array", "value"] as const;

// On 1 MiB of float32 random walks, `shuffle lz4` stores 63 to 69 % at 1 GB/s and reads 1.4 GB/s, `shuffle zstd` stores
// 57 to 61 % at 0.7 GB/s and reads 1.3 GB/s. `delta` and `xor` before them help with slow counters, and cost more bytes
// than they save with members side by side. bench/segment-codec.bench.ts measures it.
export const PRESETS: Readonly<Record<PresetName, PresetParameters>> = {
  general: { handlers: everyKind, targetBytes: mebibyte, codecs: ["shuffle", "lz4"] },
  ensembles: {
    handlers: ["array", "value"],
    // A slice costs the segments it touches.
    targetBytes: 256 * kibibyte,
    codecs: ["shuffle", "lz4"],
  },
  archive: { handlers: everyKind, targetBytes: 4 * mebibyte, codecs: ["shuffle", "zstd"] },
  plain: { handlers: everyKind, targetBytes: mebibyte, codecs: [] },
};

/** Chains that may be combined with any sensible target without `unsafe`. */
export const VETTED_CHAINS: readonly (readonly string[])[] = [
  [],
  ["lz4"],
  ["zstd"],
  ["shuffle", "lz4"],
  ["shuffle", "zstd"],
  ["delta", "shuffle", "lz4"],
  ["delta", "shuffle", "zstd"],
  ["xor", "shuffle", "lz4"],
  ["xor", "shuffle", "zstd"],
];

/** Smallest and largest target, in bytes, that may be chosen without `unsafe`. */
export const VETTED_TARGETS: { readonly least: number; readonly most: number } = {
  least: 16 * kibibyte,
  most: 8 * mebibyte,
};
