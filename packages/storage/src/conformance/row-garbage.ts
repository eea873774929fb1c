import { assert, assertEqual } from "./assertions.ts";
import { collect } from "./collect.ts";
import type { AddCase } from "./conformance-case.ts";
import { openTable, row, set, showRow, showRows, write } from "./row-samples.ts";

const DAY_MS = 86_400_000;
/** 2200-01-01T00:00:00Z, later than the clock of any store under test. */
const FUTURE_MS = 7_258_118_400_000;

export function rowGarbageCases(add: AddCase): void {
  add("families and their rules are kept, changed and told", async (store) => {
    const table = store.table("t");
    await table.setFamily("keep-All_1", {});
    await table.setFamily("x".repeat(32), { maxVersions: 3 });
    await table.setFamily("a", { maxAgeMs: DAY_MS });
    await table.setFamily("a", { maxVersions: 2, maxAgeMs: DAY_MS });
    const families = await table.families();
    const told = ["keep-All_1", "x".repeat(32), "a"].map((name) => {
      const rule = families.get(name);
      assert(rule !== undefined, `family ${name} is there`);
      return [rule.maxVersions ?? "any", rule.maxAgeMs ?? "any"];
    });
    assertEqual(
      told,
      [
        ["any", "any"],
        [3, "any"],
        [2, DAY_MS],
      ],
      "rules",
    );
    assertEqual(families.size, 3, "number of families");
    assertEqual((await store.table("other").families()).size, 0, "families of another table");
  });

  add("maxVersions hides all but the newest cells of each column at once", async (store) => {
    const table = await openTable(store);
    await table.setFamily("f", { maxVersions: 2 });
    await write(table, row("r", set("f:q@1", "1"), set("f:q@3", "3"), set("f:q@2", "2")));
    await write(table, row("r", set("f:p@1", "1"), set("g:q@1", "1"), set("g:q@2", "2")));
    await write(table, row("r", set("g:q@3", "3")));
    assertEqual(
      await showRow(table, "r"),
      "r f:p@1=1 f:q@3=3 f:q@2=2 g:q@3=3 g:q@2=2 g:q@1=1",
      "row",
    );
    await write(table, row("r", set("f:q@0", "too old to stay")));
    assertEqual(
      await showRow(table, "r"),
      "r f:p@1=1 f:q@3=3 f:q@2=2 g:q@3=3 g:q@2=2 g:q@1=1",
      "row after a write of an older cell",
    );
  });

  add("the rule comes before the filter", async (store) => {
    const table = await openTable(store);
    await table.setFamily("f", { maxVersions: 1 });
    await write(table, row("r", set("f:q@1", "1"), set("f:q@2", "2")));
    const old = await collect(table.readRows({}, { filter: { timestampsMicros: { lt: 2_000 } } }));
    assertEqual(showRows(old), [], "the removed cell alone");
    const two = await collect(table.readRows({}, { filter: { cellsPerColumn: 2 } }));
    assertEqual(showRows(two), ["r f:q@2=2"], "two cells per column");
  });

  add("maxAgeMs hides cells by their timestamp against the store's clock", async (store) => {
    const table = await openTable(store);
    await table.setFamily("f", { maxAgeMs: DAY_MS });
    await write(
      table,
      row("r", set("f:q@1000", "1970"), set(`f:q@${FUTURE_MS}`, "2200"), set("g:q@1000", "1970")),
      row("s", set("f:q@1000", "1970")),
    );
    assertEqual(
      showRows(await collect(table.readRows({}))),
      [`r f:q@${FUTURE_MS}=2200 g:q@1000=1970`],
      "rows; one whose cells are all too old does not exist",
    );
  });

  add("with both conditions a cell goes as soon as one says so", async (store) => {
    const table = await openTable(store);
    await table.setFamily("f", { maxVersions: 2, maxAgeMs: DAY_MS });
    await write(
      table,
      row(
        "r",
        ...[0, 1, 2].map((ms) => set(`f:young@${FUTURE_MS + ms}`, "x")),
        ...[0, 1, 2].map((ms) => set(`f:old@${ms}`, "x")),
      ),
    );
    assertEqual(
      await showRow(table, "r"),
      `r f:young@${FUTURE_MS + 2}=x f:young@${FUTURE_MS + 1}=x`,
      "row",
    );
  });

  add("a changed rule applies to what is already stored", async (store) => {
    const table = await openTable(store);
    await write(table, row("r", set("f:q@1", "1"), set("f:q@2", "2"), set("f:q@3", "3")));
    await table.setFamily("f", { maxVersions: 1 });
    assertEqual(await showRow(table, "r"), "r f:q@3=3", "row");
    await table.setFamily("f", { maxAgeMs: 1 });
    assertEqual(await showRow(table, "r"), undefined, "row when all is too old");
  });

  add("changing the map of families changes nothing in the store", async (store) => {
    const table = await openTable(store);
    const families = await table.families();
    if (families instanceof Map) families.clear();
    assertEqual((await table.families()).size, 3, "number of families");
  });
}
