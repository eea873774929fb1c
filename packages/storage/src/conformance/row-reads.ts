import { inKeyRange, toKey } from "../key.ts";
import type { RowSelection } from "../row-store.ts";
import { assert, assertEqual } from "./assertions.ts";
import { trickyRanges } from "./blob-listing.ts";
import { collect, collectKeys } from "./collect.ts";
import type { AddCase } from "./conformance-case.ts";
import { openTable, row, set, showRow, showRows, write, writeKeys } from "./row-samples.ts";
import { numberedKeys, trickyKeys } from "./sample-data.ts";

export function rowReadCases(add: AddCase): void {
  add("a table that was never written is empty", async (store) => {
    const table = store.table("fresh");
    assertEqual(await collect(table.readRows({})), [], "readRows");
    assertEqual((await table.families()).size, 0, "families");
  });

  add("rows come in key order whatever the order of writing", async (store) => {
    const table = await openTable(store);
    await writeKeys(table, trickyKeys.toReversed());
    assertEqual(await collectKeys(table.readRows({})), trickyKeys, "readRows");
  });

  add("ranges are half-open, with open, foreign, equal and inverted ends", async (store) => {
    const table = await openTable(store);
    await writeKeys(table, trickyKeys);
    for (const range of trickyRanges) {
      assertEqual(
        await collectKeys(table.readRows({ ranges: [range] })),
        trickyKeys.filter((key) => inKeyRange(key, range)),
        `range ${JSON.stringify(range)}`,
      );
    }
  });

  add("rows selected more than once are returned once, in key order", async (store) => {
    const table = await openTable(store);
    const keys = numberedKeys("k", 20);
    await writeKeys(table, keys);
    const [k2, k5, k18, missing] = ["k0002", "k0005", "k0018", "k0005!"].map((text) => toKey(text));
    assert(k2 !== undefined && k5 !== undefined && k18 !== undefined && missing !== undefined, "");
    const selections: readonly (readonly [RowSelection, readonly string[]])[] = [
      [{ keys: [k18, k2, k18, missing, k5] }, [k2, k5, k18]],
      [{ keys: [] }, []],
      [{ ranges: [] }, []],
      [{ keys: [], ranges: [] }, []],
      [{ keys: [k5], ranges: [] }, [k5]],
      [{ keys: [], ranges: [{ gte: k18 }] }, keys.slice(18)],
      [
        {
          ranges: [
            { gte: "k0010", lt: "k0014" },
            { gte: k2, lt: k5 },
          ],
        },
        [...keys.slice(2, 5), ...keys.slice(10, 14)],
      ],
      [
        { ranges: [{ lt: "k0006" }, { gte: "k0003", lt: "k0008" }, { gte: "k0004", lt: k5 }] },
        keys.slice(0, 8),
      ],
      [
        {
          ranges: [
            { gte: "k0003", lt: k5 },
            { gte: k5, lt: "k0007" },
          ],
        },
        keys.slice(3, 7),
      ],
      [{ ranges: [{ gte: "k0009", lt: "k0003" }, { gte: k18 }] }, keys.slice(18)],
      [{ ranges: [{}, { gte: k5 }, { lt: k2 }] }, keys],
      [
        { keys: [k18, k2, k5], ranges: [{ gte: "k0004", lt: "k0007" }] },
        [k2, ...keys.slice(4, 7), k18],
      ],
    ];
    for (const [selection, expected] of selections) {
      for (const batchSize of [1, 3, 1_000]) {
        assertEqual(
          await collectKeys(table.readRows(selection, { batchSize }), batchSize),
          expected,
          `selection ${JSON.stringify(selection)} batchSize ${batchSize}`,
        );
      }
    }
  });

  add("batches of every size together hold each row once", async (store) => {
    const table = await openTable(store);
    const keys = numberedKeys("k", 25);
    await writeKeys(table, keys);
    for (const batchSize of [1, 2, 5, 24, 25, 26, 1_000]) {
      const reading = table.readRows({}, { batchSize });
      assertEqual(await collectKeys(reading, batchSize), keys, `batchSize ${batchSize}`);
    }
  });

  add("more than a hundred rows are read with the default batches", async (store) => {
    const table = await openTable(store);
    const keys = numberedKeys("k", 120);
    await writeKeys(table, keys);
    assertEqual(await collectKeys(table.readRows({}), 100), keys, "readRows");
  });

  add("a limit counts rows, across batches and ranges", async (store) => {
    const table = await openTable(store);
    const keys = numberedKeys("k", 20);
    await writeKeys(table, keys);
    for (const limit of [1, 2, 3, 4, 19, 20, 21, 1_000_000]) {
      for (const batchSize of [1, 3, 1_000]) {
        assertEqual(
          await collectKeys(table.readRows({}, { limit, batchSize }), batchSize),
          keys.slice(0, limit),
          `limit ${limit} batchSize ${batchSize}`,
        );
      }
    }
    const selection = { ranges: [{ lt: "k0003" }, { gte: "k0010" }] };
    assertEqual(
      await collectKeys(table.readRows(selection, { limit: 5 })),
      [...keys.slice(0, 3), ...keys.slice(10, 12)],
      "limit over two ranges",
    );
  });

  add("a row is read whole or not at all while it is written", async (store) => {
    const table = await openTable(store);
    await write(table, row("r", set("f:a@1", "0"), set("g:a@1", "0")));
    const writing = async (): Promise<void> => {
      for (let index = 1; index <= 20; index += 1) {
        await write(table, row("r", set("f:a@1", `${index}`), set("g:a@1", `${index}`)));
      }
    };
    const reading = async (): Promise<void> => {
      for (let index = 0; index < 20; index += 1) {
        const [, f, g] =
          /^r f:a@1=(\d+) g:a@1=(\d+)$/.exec((await showRow(table, "r")) ?? "") ?? [];
        assert(f !== undefined && f === g, "both cells are of the same mutation");
      }
    };
    await Promise.all([writing(), reading()]);
  });

  add("what stays untouched is read once while other rows come and go", async (store) => {
    const table = await openTable(store);
    const keys = numberedKeys("k", 30);
    const touched = ["k0003x", "k0007", "k0012x", "k0019"];
    await writeKeys(table, keys);
    const read: string[] = [];
    for await (const batch of table.readRows({}, { batchSize: 5 })) {
      if (read.length === 0) {
        await writeKeys(table, [toKey("k0003x"), toKey("k0012x")]);
        await write(
          table,
          row("k0007", { type: "delete-row" }),
          row("k0019", { type: "delete-row" }),
        );
      }
      read.push(...batch.map(({ key }) => key));
    }
    assertEqual(
      read.filter((key) => !touched.includes(key)),
      keys.filter((key) => !touched.includes(key)),
      "untouched rows",
    );
    assertEqual(read, [...new Set(read)].sort(), "order and uniqueness");
  });

  add("reading may be left early and started again", async (store) => {
    const table = await openTable(store);
    const keys = numberedKeys("k", 10);
    await writeKeys(table, keys);
    for await (const batch of table.readRows({}, { batchSize: 3 })) {
      assertEqual(showRows(batch).length, 3, "the first batch is full");
      break;
    }
    assertEqual(await collectKeys(table.readRows({})), keys, "a second reading");
  });
}
