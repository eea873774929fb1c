import type { RowFilter, RowStore } from "../row-store.ts";
import type { Store } from "../store.ts";
import { assertEqual } from "./assertions.ts";
import { collect } from "./collect.ts";
import type { AddCase } from "./conformance-case.ts";
import { openTable, row, set, showRows, write } from "./row-samples.ts";

async function openSample(store: Store): Promise<RowStore> {
  const table = await openTable(store);
  await write(
    table,
    row("a", set("f:p@1", "1"), set("f:p@2", "2"), set("f:p@3", "3"), set("g:q@2", "4")),
    row("b", set("f:@2", "5"), set("f:q@1", "6"), set("f:q@3", "7")),
    row("c", set("g:r@1", "8")),
  );
  return table;
}

async function assertFiltered(
  table: RowStore,
  filter: RowFilter,
  expected: readonly string[],
): Promise<void> {
  const rows = await collect(table.readRows({}, { filter }));
  assertEqual(showRows(rows), expected, `filter ${JSON.stringify(filter)}`);
}

export function rowFilterCases(add: AddCase): void {
  add("families lets through only those named", async (store) => {
    const table = await openSample(store);
    await assertFiltered(table, { families: ["g"] }, ["a g:q@2=4", "c g:r@1=8"]);
    await assertFiltered(table, { families: ["g", "f", "g"] }, [
      "a f:p@3=3 f:p@2=2 f:p@1=1 g:q@2=4",
      "b f:@2=5 f:q@3=7 f:q@1=6",
      "c g:r@1=8",
    ]);
    await assertFiltered(table, { families: [] }, []);
    await assertFiltered(table, { families: ["nope"] }, []);
  });

  add("qualifiers lets through a half-open range", async (store) => {
    const table = await openSample(store);
    await assertFiltered(table, { qualifiers: { gte: "q", lt: "r" } }, [
      "a g:q@2=4",
      "b f:q@3=7 f:q@1=6",
    ]);
    await assertFiltered(table, { qualifiers: { gte: "q" } }, [
      "a g:q@2=4",
      "b f:q@3=7 f:q@1=6",
      "c g:r@1=8",
    ]);
    await assertFiltered(table, { qualifiers: { lt: "p" } }, ["b f:@2=5"]);
    await assertFiltered(table, { qualifiers: { gte: "", lt: "!" } }, ["b f:@2=5"]);
    await assertFiltered(table, { qualifiers: { gte: "r", lt: "q" } }, []);
  });

  add("timestampsMicros lets through a half-open range", async (store) => {
    const table = await openSample(store);
    await assertFiltered(table, { timestampsMicros: { gte: 2_000, lt: 3_000 } }, [
      "a f:p@2=2 g:q@2=4",
      "b f:@2=5",
    ]);
    await assertFiltered(table, { timestampsMicros: { gte: 3_000 } }, ["a f:p@3=3", "b f:q@3=7"]);
    await assertFiltered(table, { timestampsMicros: { lt: 2_000 } }, [
      "a f:p@1=1",
      "b f:q@1=6",
      "c g:r@1=8",
    ]);
    await assertFiltered(table, { timestampsMicros: { gte: 1_001, lt: 2_001 } }, [
      "a f:p@2=2 g:q@2=4",
      "b f:@2=5",
    ]);
    await assertFiltered(table, { timestampsMicros: { gte: 3_000, lt: 1_000 } }, []);
  });

  add("cellsPerColumn keeps the newest of each column", async (store) => {
    const table = await openSample(store);
    await assertFiltered(table, { cellsPerColumn: 1 }, [
      "a f:p@3=3 g:q@2=4",
      "b f:@2=5 f:q@3=7",
      "c g:r@1=8",
    ]);
    await assertFiltered(table, { cellsPerColumn: 2 }, [
      "a f:p@3=3 f:p@2=2 g:q@2=4",
      "b f:@2=5 f:q@3=7 f:q@1=6",
      "c g:r@1=8",
    ]);
  });

  add(
    "conditions combine, and cellsPerColumn counts what the others let through",
    async (store) => {
      const table = await openSample(store);
      await assertFiltered(table, { cellsPerColumn: 1, timestampsMicros: { lt: 3_000 } }, [
        "a f:p@2=2 g:q@2=4",
        "b f:@2=5 f:q@1=6",
        "c g:r@1=8",
      ]);
      await assertFiltered(
        table,
        {
          families: ["f"],
          qualifiers: { gte: "p" },
          timestampsMicros: { gte: 1_000, lt: 4_000 },
          cellsPerColumn: 1,
        },
        ["a f:p@3=3", "b f:q@3=7"],
      );
    },
  );

  add("a row of which no cell is left is neither returned nor counted", async (store) => {
    const table = await openSample(store);
    const filter = { families: ["g"] };
    const rows = await collect(table.readRows({}, { filter, limit: 2, batchSize: 1 }));
    assertEqual(showRows(rows), ["a g:q@2=4", "c g:r@1=8"], "limit 2 of family g");
  });
}
