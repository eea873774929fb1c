import type { ByteCompressor } from "@foretile/codecs";
import type { Part } from "../part.ts";

/** Rearranges elements so that a compressor finds more, and back. Never changes how many bytes there are. */
export interface Filter {
  readonly kind: "filter";
  /** Stored in segments, never given to anything else: up to 32 of `a-z`, `0-9` and `-`, a letter first. */
  readonly name: string;

  /**
   * @param source whole elements, at any alignment
   * @param target as long as `source`, 8-byte aligned, sharing no memory with it; every byte is written
   */
  encode(source: Uint8Array, elementBytes: Part["elementBytes"], target: Uint8Array): void;

  /** Undoes {@link encode}, whatever the bytes are. Parameters as there. */
  decode(source: Uint8Array, elementBytes: Part["elementBytes"], target: Uint8Array): void;
}

/** Makes bytes fewer, and exact again. */
export interface Compressor extends ByteCompressor {
  readonly kind: "compressor";
  /** As {@link Filter.name}. */
  readonly name: string;
}

/** A link of a codec chain. Stateless, and fixed for ever by its name: what was encoded once is decoded for ever. */
export type Codec = Filter | Compressor;
