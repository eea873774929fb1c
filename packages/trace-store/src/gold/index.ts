/**
 * Tables in the layout of Skia Gold's trace store, over any row store: to serve and to copy those that exist.
 *
 * ```ts
 * import { openGoldTable } from "@foretile/trace-store/gold";
 *
 * const gold = await openGoldTable({ rows: store.table("traces") });
 * const { ids, positions, values } = await gold.readDense(256);
 * ```
 *
 * The format is described in `docs/formats/gold-rows.md`.
 *
 * @module
 */
export {
  copyGoldTable,
  type CopiedGoldTable,
  type CopyGoldOptions,
  type CopyProblem,
} from "./copy-gold-table.ts";
export type { DeleteGoldTileOptions } from "./delete-tile.ts";
export { digestOfText, textOfDigest } from "./digest-text.ts";
export type { GoldBlock, GoldMatrix, GoldProblem } from "./gold-block.ts";
export type { GoldEntry, GoldEntryResult, GoldPutOptions, GoldPutResult } from "./gold-entry.ts";
export type { GoldTable } from "./gold-table.ts";
export { openGoldTable, provisionGoldTable, type GoldTableOptions } from "./open-gold-table.ts";
export type { ReadGoldOptions } from "./read-block.ts";
export type { ReadGoldDenseOptions } from "./read-matrix.ts";
export type { GoldSeries } from "./read-trace.ts";
