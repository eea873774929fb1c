import type { CallOptions, Key } from "@foretile/storage";
import { CatalogError } from "../catalog-error.ts";
import { MAX_ROUNDS, type RowContext } from "./row-context.ts";
import { cellOf, setCell } from "./row-table.ts";

const CELL = ["record", "count"] as const;

/**
 * Takes `count` numbers of a sequence that starts at 1. Numbers that were taken and not used are never given again.
 *
 * @returns the first of them
 * @throws {CatalogError} `conflict`
 */
export async function takeNumbers(
  context: RowContext,
  key: Key,
  count: number,
  options?: CallOptions,
): Promise<number> {
  const { table, documents } = context;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const row = await table.readRow(key, ["record"], options);
    const seen = row && cellOf(row, ...CELL);
    const taken = seen === undefined ? 0 : documents.open("CCNT", seen, key).integer("taken");
    const next = documents.seal("CCNT", { taken: taken + count });
    // With an answer that was lost the numbers may be taken; others are taken then.
    if ((await table.swap(key, CELL, seen, [setCell(...CELL, next)], options)) === true) {
      return taken + 1;
    }
  }
  throw new CatalogError("conflict", `others keep counting too; try again key=${key}`, {
    retry: "safe",
  });
}
