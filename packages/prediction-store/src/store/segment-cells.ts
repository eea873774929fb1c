import { segmentEntryKey, type CellAddress, type CellAssigner } from "@foretile/version-store";
import { cellOf } from "../tile/tile-cell.ts";
import { decodePredictionManifest, PREDICTION_HANDLER } from "./prediction-manifest.ts";

/**
 * Where the segments of this package go in a library that keeps them in tables, by the handler of their manifests: for
 * `library.copyFrom`. They are the cells that publishing there would take.
 */
export const SEGMENT_CELLS: ReadonlyMap<string, CellAssigner> = new Map([
  [PREDICTION_HANDLER, tileCells],
]);

function tileCells(manifest: Parameters<CellAssigner>[0]): ReadonlyMap<string, CellAddress> {
  const { request, answers } = decodePredictionManifest(manifest);
  const cells = new Map<string, CellAddress>();
  for (const answer of answers) {
    if (answer.status !== "valid") continue;
    const cell = cellOf(request, answer.minerId);
    if (cell === undefined) continue;
    for (const [index, entry] of answer.segments.entries()) {
      const panel = answer.layout === "plain" ? undefined : index * answer.panelsPerSegment;
      cells.set(segmentEntryKey(entry), cell(panel));
    }
  }
  return cells;
}
