import { toKey } from "../key.ts";
import type { CellMutation, RowStore } from "../row-store.ts";
import { assertEqual, assertRejects } from "./assertions.ts";
import type { AddCase } from "./conformance-case.ts";
import { openTable, row, set, showRow, write } from "./row-samples.ts";
import { bytesOf, textOf } from "./sample-data.ts";

const yes = set("g:yes@1", "yes");
const no = set("g:no@1", "no");

/** Tests `f:q` of row `r`, with a value when `text` is given, and says what happened. */
async function check(
  table: RowStore,
  text: string | undefined,
  onMatch: readonly CellMutation[] | undefined,
  onNoMatch: readonly CellMutation[] | undefined,
): Promise<boolean> {
  const { matched } = await table.checkAndMutateRow({
    key: toKey("r"),
    predicate: {
      family: "f",
      qualifier: "q",
      value: text === undefined ? undefined : bytesOf(text),
    },
    onMatch,
    onNoMatch,
  });
  return matched;
}

export function rowConditionCases(add: AddCase): void {
  add("a predicate without value asks whether the column has a cell", async (store) => {
    const table = await openTable(store);
    assertEqual(await check(table, undefined, [yes], [no]), false, "no row");
    await write(table, row("r", set("f:other@1", "x"), set("g:q@1", "x")));
    assertEqual(await check(table, undefined, [yes], [no]), false, "other columns");
    await write(table, row("r", { type: "delete-row" }, set("f:q@1", "")));
    assertEqual(await check(table, undefined, [yes], [no]), true, "an empty cell");
    assertEqual(await showRow(table, "r"), "r f:q@1= g:yes@1=yes", "row");
  });

  add("a predicate with value asks for exactly these bytes", async (store) => {
    const table = await openTable(store);
    await write(table, row("r", set("f:q@1", "abc")));
    for (const text of ["", "ab", "abcd", "abd", "ABC"]) {
      assertEqual(await check(table, text, [yes], [no]), false, `value ${text}`);
    }
    assertEqual(await check(table, "abc", [yes], undefined), true, "equal bytes");
    assertEqual(await showRow(table, "r"), "r f:q@1=abc g:no@1=no g:yes@1=yes", "row");
  });

  add("only the newest cell counts: an older one with the value does not match", async (store) => {
    const table = await openTable(store);
    await write(table, row("r", set("f:q@1", "old"), set("f:q@2", "new")));
    assertEqual(await check(table, "old", [yes], [no]), false, "the older value");
    assertEqual(await check(table, "new", [yes], [no]), true, "the newest value");
    await write(table, row("r", set("f:q@1", "newest by writing, not by time")));
    assertEqual(await check(table, "new", [yes], [no]), true, "a late write of an older cell");
  });

  add("cells that the garbage rule removed do not count", async (store) => {
    const table = await openTable(store);
    await table.setFamily("f", { maxAgeMs: 1_000 });
    await write(table, row("r", set("g:q@1", "x"), set("f:q@1", "long gone")));
    assertEqual(await check(table, undefined, [yes], [no]), false, "any cell");
    assertEqual(await check(table, "long gone", [yes], [no]), false, "the old value");
  });

  add("an unknown family in the predicate has no cells", async (store) => {
    const table = await openTable(store);
    const { matched } = await table.checkAndMutateRow({
      key: toKey("r"),
      predicate: { family: "nope", qualifier: "q" },
      onNoMatch: [no],
    });
    assertEqual([matched, await showRow(table, "r")], [false, "r g:no@1=no"], "matched, row");
  });

  add("only the list that applies is applied, in order, or nothing", async (store) => {
    const table = await openTable(store);
    assertEqual(await check(table, undefined, [yes], undefined), false, "no row, nothing to do");
    assertEqual(await showRow(table, "r"), undefined, "row");
    const replace = [set("f:a@1", "lost"), { type: "delete-row" } as const, set("f:q@5", "v")];
    assertEqual(await check(table, undefined, undefined, replace), false, "create");
    assertEqual(await showRow(table, "r"), "r f:q@5=v", "row");
    assertEqual(await check(table, "v", [], [no]), true, "match, nothing to do");
    assertEqual(await showRow(table, "r"), "r f:q@5=v", "row");
    assertEqual(await check(table, "v", [{ type: "delete-row" }], undefined), true, "delete");
    assertEqual(await showRow(table, "r"), undefined, "row");
  });

  add("an unknown family in the list that applies rejects and changes nothing", async (store) => {
    const table = await openTable(store);
    await write(table, row("r", set("f:q@1", "v")));
    await assertRejects(
      "checkAndMutateRow with an unknown family",
      () => check(table, "v", [yes, set("nope:q@1", "x")], undefined),
      "invalid-argument",
    );
    assertEqual(await showRow(table, "r"), "r f:q@1=v", "row");
  });

  add("of parallel create-if-absent exactly one wins", async (store) => {
    const table = await openTable(store);
    const names = Array.from({ length: 16 }, (_, index) => `${index}`);
    const matched = await Promise.all(
      names.map((name) => check(table, undefined, undefined, [set("f:q@1", name)])),
    );
    const winners = names.filter((_, index) => matched[index] === false);
    assertEqual(winners.length, 1, "number of winners");
    assertEqual(await showRow(table, "r"), `r f:q@1=${winners[0]}`, "row");
  });

  add("of parallel swaps of one value exactly one wins, again and again", async (store) => {
    const table = await openTable(store);
    await write(table, row("r", set("f:q@1", "0")));
    for (let round = 1; round <= 4; round += 1) {
      const names = Array.from({ length: 16 }, (_, index) => `${round}.${index}`);
      const before = (await showRow(table, "r"))?.replace(/.*=/, "") ?? "";
      const matched = await Promise.all(
        names.map((name) => check(table, before, [set(`f:q@${round + 1}`, name)], undefined)),
      );
      const winners = names.filter((_, index) => matched[index]);
      assertEqual(winners.length, 1, "number of winners");
      await write(
        table,
        row("r", {
          type: "delete-column",
          family: "f",
          qualifier: "q",
          timestampsMicros: { lt: (round + 1) * 1_000 },
        }),
      );
      assertEqual(await showRow(table, "r"), `r f:q@${round + 1}=${winners[0]}`, "row");
    }
  });

  add("values are only read during the call", async (store) => {
    const table = await openTable(store);
    const value = bytesOf("v");
    await table.checkAndMutateRow({
      key: toKey("r"),
      predicate: { family: "f", qualifier: "q" },
      onNoMatch: [{ type: "set-cell", family: "f", qualifier: "q", timestampMicros: 0, value }],
    });
    value.fill(0);
    assertEqual(await showRow(table, "r"), `r f:q@0=${textOf(bytesOf("v"))}`, "row");
  });
}
