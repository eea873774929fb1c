import { toKey, type Key } from "../key.ts";
import type { CellMutation, Row, RowMutation, RowStatus, RowStore } from "../row-store.ts";
import type { Store } from "../store.ts";
import { assert, assertEqual } from "./assertions.ts";
import { bytesOf, textOf } from "./sample-data.ts";

/** A table with the families `f`, `g` and `h`, none of which removes anything. */
export async function openTable(store: Store, name = "rows"): Promise<RowStore> {
  const table = store.table(name);
  for (const family of ["f", "g", "h"]) await table.setFamily(family, {});
  return table;
}

/** Sets a cell named `family:qualifier@milliseconds` to `text`. */
export function set(cell: string, text: string): CellMutation {
  const [, family = "", qualifier = "", ms = ""] = /^(\w+):(.*)@(\d+)$/.exec(cell) ?? [];
  return {
    type: "set-cell",
    family,
    qualifier,
    timestampMicros: Number(ms) * 1_000,
    value: bytesOf(text),
  };
}

export function row(key: string, ...mutations: readonly CellMutation[]): RowMutation {
  return { key: toKey(key), mutations };
}

/** Writes rows, each of which must succeed. */
export async function write(table: RowStore, ...rows: readonly RowMutation[]): Promise<void> {
  const statuses = await table.mutateRows(rows);
  assertEqual(
    showStatuses(statuses),
    rows.map(({ key }) => `${key} ok`),
    "statuses of mutateRows",
  );
}

export function showStatuses(statuses: readonly RowStatus[]): readonly string[] {
  return statuses.map((status) => {
    if (status.ok) return `${status.key} ok`;
    assert(status.error instanceof Error, "the error of a status is an Error");
    return `${status.key} ${"code" in status.error ? String(status.error.code) : "no code"}`;
  });
}

/** Rows as text: `key family:qualifier@milliseconds=text …`, in the order they came. */
export function showRows(rows: readonly Row[]): readonly string[] {
  return rows.map(({ key, cells }) =>
    [
      key,
      ...cells.map(
        ({ family, qualifier, timestampMicros, value }) =>
          `${family}:${qualifier}@${timestampMicros / 1_000}=${textOf(value)}`,
      ),
    ].join(" "),
  );
}

/** One row as text, or `undefined` when it does not exist. */
export async function showRow(table: RowStore, key: string): Promise<string | undefined> {
  const rows: Row[] = [];
  for await (const batch of table.readRows({ keys: [toKey(key)] })) rows.push(...batch);
  assert(rows.length <= 1, "one key gives at most one row");
  return showRows(rows)[0];
}

/** Writes one cell `f:q@1` holding the key itself, for each key. */
export async function writeKeys(table: RowStore, keys: readonly Key[]): Promise<void> {
  await write(table, ...keys.map((key) => row(key, set("f:q@1", key))));
}
