/** One label's part of a load. */
export interface LabelLoad {
  readonly label: string;
  readonly simulations: number;
  readonly steps: number;
  /** Seconds from one request to the next. */
  readonly everySeconds: number;
  readonly retentionDays: number;
}

/** Where segments go; see the version store. */
export type CostPlacement = "segments" | "packs" | "cells";

/** What a network asks of a store. */
export interface Load {
  readonly labels: readonly LabelLoad[];
  /** Valid answers per request. */
  readonly miners: number;
  /** Stored bytes per raw byte. */
  readonly ratio: number;
  /** How often the tiles of each request are read as a whole: once for scoring. */
  readonly reads: number;
  /** How often a day everything is listed to collect what was removed. */
  readonly collections: number;
  readonly placement: CostPlacement;
  /** The largest pack, with the placement `packs`. */
  readonly packBytes: number;
}

/** What one request of a label takes. */
export interface RequestSize {
  readonly rawBytes: number;
  /** Bytes of its segments. */
  readonly tileBytes: number;
  /** Bytes of its documents: version, manifest, scores, indexes of packs, lists of cells. An estimate. */
  readonly documentBytes: number;
  readonly segments: number;
}

/** Steps of a panel, which is one segment. */
const PANEL_STEPS = 32;
const FLOAT_BYTES = 4;
/** Measured on published requests. */
const DOCUMENT_BYTES = 3000;
const DOCUMENT_BYTES_PER_ANSWER = 200;
const DOCUMENT_BYTES_PER_SEGMENT = 24;
/** A segment's entry in the index of its pack, and what aligns it. */
export const PACK_BYTES_PER_SEGMENT = 40;
/** A segment's place in the list of cells, and in its entry. */
const CELL_BYTES_PER_SEGMENT = 28;
const DAY_SECONDS = 86_400;

/** What the placement needs for a segment. */
const placeBytes: Readonly<Record<CostPlacement, number>> = {
  segments: 0,
  packs: PACK_BYTES_PER_SEGMENT,
  cells: CELL_BYTES_PER_SEGMENT,
};

export function requestsPerDay({ everySeconds }: LabelLoad): number {
  return DAY_SECONDS / everySeconds;
}

export function requestSize({ simulations, steps }: LabelLoad, load: Load): RequestSize {
  const rawBytes = load.miners * simulations * steps * FLOAT_BYTES;
  const segments = load.miners * Math.ceil(steps / PANEL_STEPS);
  return {
    rawBytes,
    tileBytes: rawBytes * load.ratio,
    documentBytes:
      DOCUMENT_BYTES +
      load.miners * DOCUMENT_BYTES_PER_ANSWER +
      segments * (DOCUMENT_BYTES_PER_SEGMENT + placeBytes[load.placement]),
    segments,
  };
}
