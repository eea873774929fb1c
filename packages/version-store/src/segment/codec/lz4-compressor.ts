import { lz4Compressor as block } from "@foretile/codecs/lz4";
import type { Compressor } from "./codec.ts";

/** One LZ4 block behind its uncompressed length as uint32. */
export const lz4Compressor: Compressor = { kind: "compressor", name: "lz4", ...block };
