import { toKey } from "../key.ts";
import { assert, assertBytes, assertEqual } from "./assertions.ts";
import { collect } from "./collect.ts";
import type { AddCase } from "./conformance-case.ts";
import { openTable, row, set, showRow, showRows, showStatuses, write } from "./row-samples.ts";
import { bytesOf, numberedKeys, patternBytes } from "./sample-data.ts";

export function rowWriteCases(add: AddCase): void {
  add("cells come back in order of family, qualifier, then newest first", async (store) => {
    const table = await openTable(store);
    await write(
      table,
      row("r", set("g:a@5", "1"), set("f:b@2", "2"), set("f:b@10", "3"), set("f:@1", "4")),
      row("q", set("f:a~@1", "5"), set("f:a!@1", "6"), set("f:a@1", "7"), set("f:B@1", "8")),
    );
    await write(table, row("r", set("f:b@9", "9"), set("f:aa@1", "10")));
    assertEqual(
      showRows(await collect(table.readRows({}))),
      [
        "q f:B@1=8 f:a@1=7 f:a!@1=6 f:a~@1=5",
        "r f:@1=4 f:aa@1=10 f:b@10=3 f:b@9=9 f:b@2=2 g:a@5=1",
      ],
      "rows",
    );
  });

  add("a cell set again at the same timestamp is replaced", async (store) => {
    const table = await openTable(store);
    await write(table, row("r", set("f:q@1", "a"), set("f:q@1", "b"), set("f:q@2", "c")));
    await write(table, row("r", set("f:q@2", "d")));
    assertEqual(await showRow(table, "r"), "r f:q@2=d f:q@1=b", "row");
  });

  add("a repeated mutation changes nothing", async (store) => {
    const table = await openTable(store);
    const mutation = row("r", set("f:q@2", "a"), set("f:q@1", "b"), set("g:@0", ""));
    await write(table, mutation);
    await write(table, mutation);
    assertEqual(await showRow(table, "r"), "r f:q@2=a f:q@1=b g:@0=", "row");
  });

  add("timestamps from zero to the largest keep their order", async (store) => {
    const table = await openTable(store);
    const largest = Math.floor(Number.MAX_SAFE_INTEGER / 1_000);
    const times = [0, 1, 255, 256, 65_536, 4_294_967_296, 1_700_000_000_000, largest];
    await write(table, row("r", ...times.map((ms) => set(`f:q@${ms}`, "x"))));
    const expected = times.toReversed().map((ms) => `f:q@${ms}=x`);
    assertEqual(await showRow(table, "r"), ["r", ...expected].join(" "), "row");
  });

  add("delete-column removes a column, or its cells in a half-open time range", async (store) => {
    const table = await openTable(store);
    const cells = [set("f:q@1", "1"), set("f:q@2", "2"), set("f:q@3", "3"), set("f:qq@2", "x")];
    const column = { type: "delete-column", family: "f", qualifier: "q" } as const;
    await write(
      table,
      row("all", ...cells, column),
      row("from", ...cells, { ...column, timestampsMicros: { gte: 2_000 } }),
      row("range", ...cells, { ...column, timestampsMicros: { gte: 2_000, lt: 3_000 } }),
      row("to", ...cells, { ...column, timestampsMicros: { lt: 2_000 } }),
    );
    assertEqual(
      showRows(await collect(table.readRows({}))),
      [
        "all f:qq@2=x",
        "from f:q@1=1 f:qq@2=x",
        "range f:q@3=3 f:q@1=1 f:qq@2=x",
        "to f:q@3=3 f:q@2=2 f:qq@2=x",
      ],
      "rows",
    );
  });

  add("delete-family removes the family of that row only", async (store) => {
    const table = await openTable(store);
    const cells = [set("f:a@1", "1"), set("g:a@1", "2"), set("g:b@1", "3"), set("h:a@1", "4")];
    await write(table, row("r", ...cells), row("s", ...cells));
    await write(table, row("r", { type: "delete-family", family: "g" }));
    assertEqual(
      showRows(await collect(table.readRows({}))),
      ["r f:a@1=1 h:a@1=4", "s f:a@1=1 g:a@1=2 g:b@1=3 h:a@1=4"],
      "rows",
    );
  });

  add("a row without cells does not exist", async (store) => {
    const table = await openTable(store);
    await write(table, row("a", set("f:q@1", "x")), row("b", set("f:q@1", "x")));
    await write(
      table,
      row("a", { type: "delete-row" }),
      row("b", { type: "delete-column", family: "f", qualifier: "q" }),
      row("c", { type: "delete-row" }),
    );
    assertEqual(showRows(await collect(table.readRows({}))), [], "rows");
  });

  add("a row with a neighbour whose key starts alike is deleted alone", async (store) => {
    const table = await openTable(store);
    for (const key of ["r", "r!", "r#1", "rr", "q~"]) {
      await write(table, row(key, set("f:q@1", "x")));
    }
    await write(table, row("r", { type: "delete-row" }));
    const keys = (await collect(table.readRows({}))).map(({ key }) => key);
    assertEqual(keys, ["q~", "r!", "r#1", "rr"], "rows left");
  });

  add("mutations of a row apply in order", async (store) => {
    const table = await openTable(store);
    await write(table, row("r", set("f:old@1", "x"), set("g:old@1", "x")));
    await write(
      table,
      row("r", set("f:a@1", "lost"), { type: "delete-row" }, set("f:q@1", "kept")),
      row("s", set("f:q@1", "lost"), { type: "delete-family", family: "f" }, set("f:r@1", "kept")),
    );
    assertEqual(
      showRows(await collect(table.readRows({}))),
      ["r f:q@1=kept", "s f:r@1=kept"],
      "rows",
    );
  });

  add("there is one status per row, in the order given", async (store) => {
    const table = await openTable(store);
    const keys = numberedKeys("k", 50).toReversed();
    const statuses = await table.mutateRows(keys.map((key) => row(key, set("f:q@1", key))));
    assertEqual(
      showStatuses(statuses),
      keys.map((key) => `${key} ok`),
      "statuses",
    );
    assertEqual(await table.mutateRows([]), [], "no rows, no statuses");
  });

  add("an unknown family fails its row and no other", async (store) => {
    const table = await openTable(store);
    await write(table, row("b", set("f:q@1", "before")));
    const statuses = await table.mutateRows([
      row("a", set("f:q@1", "x")),
      row("b", set("f:q@1", "after"), set("nope:q@1", "x")),
      row("c", { type: "delete-family", family: "nope" }),
      row("d", { type: "delete-column", family: "nope", qualifier: "q" }),
      row("e", set("f:q@1", "x")),
    ]);
    assertEqual(
      showStatuses(statuses),
      ["a ok", "b invalid-argument", "c invalid-argument", "d invalid-argument", "e ok"],
      "statuses",
    );
    assertEqual(
      showRows(await collect(table.readRows({}))),
      ["a f:q@1=x", "b f:q@1=before", "e f:q@1=x"],
      "rows; a failed row is as it was",
    );
  });

  add("a call in which every row fails still resolves", async (store) => {
    const table = await openTable(store);
    const statuses = await table.mutateRows([row("a", set("nope:q@1", "x"))]);
    assertEqual(showStatuses(statuses), ["a invalid-argument"], "statuses");
  });

  add("parallel mutations of one row are each applied whole", async (store) => {
    const table = await openTable(store);
    // In both orders, so that mutations that take turns with each other do not end alike by chance.
    await Promise.all(
      Array.from({ length: 16 }, (_, index) => {
        const sets = [set("f:a@1", `${index}`), set("g:b@1", `${index}`)];
        if (index % 2 === 1) sets.reverse();
        return write(table, row("r", { type: "delete-row" }, ...sets));
      }),
    );
    const [, f, g] = /^r f:a@1=(\d+) g:b@1=(\d+)$/.exec((await showRow(table, "r")) ?? "") ?? [];
    assert(f !== undefined && f === g, "both cells are of the same mutation");
  });

  add("values are not shared with the caller, coming or going", async (store) => {
    const table = await openTable(store);
    const bytes = patternBytes(2_000, 1);
    const written = bytes.slice();
    const cell = { type: "set-cell", family: "f", qualifier: "q", timestampMicros: 1_000 } as const;
    await write(table, row("r", { ...cell, value: written }));
    written.fill(0);
    const selection = { keys: [toKey("r")] };
    const [one] = await collect(table.readRows(selection));
    const [two] = await collect(table.readRows(selection));
    one?.cells[0]?.value.fill(0);
    assertBytes(two?.cells[0]?.value, bytes, "another read");
    const [three] = await collect(table.readRows(selection));
    assertBytes(three?.cells[0]?.value, bytes, "a read after all that");
  });

  add("a cell of a MiB and a row of many cells are read back", async (store) => {
    const table = await openTable(store);
    const large = patternBytes(Math.min(2 ** 20, table.capabilities.maxCellBytes), 2);
    const cell = { type: "set-cell", family: "f", qualifier: "q", timestampMicros: 0 } as const;
    const qualifiers = numberedKeys("q", 300);
    await write(
      table,
      row("large", { ...cell, value: large }),
      row("many", ...qualifiers.map((name) => set(`g:${name}@1`, name))),
    );
    const [first, second] = await collect(table.readRows({}));
    assertBytes(first?.cells[0]?.value, large, "the large cell");
    assertEqual(
      second?.cells.map(({ qualifier }) => qualifier),
      qualifiers,
      "qualifiers of the row of many cells",
    );
  });

  add("tables are apart, from each other and from records and blobs", async (store) => {
    const table = await openTable(store, "one");
    const neighbour = await openTable(store, "one_");
    await write(table, row("r", set("f:q@1", "x")));
    await store.blobs.putNew(toKey("r"), bytesOf("blob"));
    assertEqual(showRows(await collect(neighbour.readRows({}))), [], "the other table");
    assertEqual(await showRow(store.table("one"), "r"), "r f:q@1=x", "the same name again");
    assertEqual(await store.refs.read(toKey("r")), undefined, "the record of the same key");
  });
}
