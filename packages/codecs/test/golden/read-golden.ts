import { readFileSync } from "node:fs";

import type { PanelRange, TileMode } from "@foretile/codecs";

/** A frozen frame: the panels of a tile in one mode. */
interface GoldenFrame {
  readonly file: string;
  readonly mode: TileMode;
  readonly simulations: number;
  readonly steps: number;
  readonly panels: PanelRange;
  /** Hexadecimal, as the hash and the tile below. */
  readonly frameHash: string;
  /** The whole tile's values, little-endian, step after step. */
  readonly tileBytes: string;
}

/** A frozen sealed document. */
interface GoldenDocument {
  readonly file: string;
  readonly kind: string;
  readonly version: number;
  readonly hash: string;
  /** See `untag`. */
  readonly content: unknown;
}

interface Golden {
  readonly frames: readonly GoldenFrame[];
  readonly documents: readonly GoldenDocument[];
}

/** What the golden files mean. */
export function readGolden(): Golden {
  return JSON.parse(readFileSync(new URL("golden.json", import.meta.url), "utf8")) as Golden;
}

/** The bytes of one golden file. */
export function readGoldenFile(file: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(file, import.meta.url)));
}
