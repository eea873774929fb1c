import { createIdSource } from "@foretile/resilience";
import { openMemoryStore } from "@foretile/storage/memory";
import type { RowStore } from "@foretile/storage";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { createRowCatalog, type Catalog, type RowCatalogOptions } from "../../src/index.ts";

/** Clock and ids that give the same run every time. */
export function fixedParts(): Pick<RowCatalogOptions, "clock" | "ids"> {
  const clock = createInstantClock({ startMs: 1_779_710_400_000 });
  return { clock, ids: createIdSource(clock, createSeededRandom(1)) };
}

/** An empty catalog in memory. */
export async function openMemoryCatalog(
  wrap: (rows: RowStore) => RowStore = (rows) => rows,
): Promise<Catalog> {
  const store = openMemoryStore();
  return createRowCatalog({ rows: wrap(store.table("catalog")), ...fixedParts() });
}
