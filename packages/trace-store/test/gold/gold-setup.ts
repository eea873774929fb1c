import { toKey, type Cell, type RowStore, type Store } from "@foretile/storage";
import {
  createCallCounter,
  withFaults,
  withObserver,
  type CallCounter,
  type FaultRule,
  type StoreOperation,
} from "@foretile/storage/layers";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import {
  openGoldTable,
  provisionGoldTable,
  textOfDigest,
  type GoldBlock,
  type GoldMatrix,
  type GoldTable,
  type GoldTableOptions,
} from "../../src/gold/index.ts";
import { POINT } from "../../src/index.ts";

/** A time at which nothing else is. */
export const NOW_MS: number = Date.UTC(2026, 4, 25);

export interface GoldSetup {
  readonly gold: GoldTable;
  readonly rows: RowStore;
  readonly calls: CallCounter;
  /** Calls of an operation since the last look. */
  readonly count: (operation: StoreOperation) => number;
  /** The same table, opened by another process: a cache of its own. */
  readonly another: (options?: Partial<GoldTableOptions>) => Promise<GoldTable>;
}

export async function goldSetup(
  rules: readonly FaultRule[] = [],
  options: Partial<GoldTableOptions> = {},
): Promise<GoldSetup> {
  const clock = createInstantClock({ startMs: NOW_MS });
  const random = createSeededRandom(7);
  const bare: Store = openMemoryStore({ clock });
  const rows = bare.table("traces");
  await provisionGoldTable(rows);
  const calls = createCallCounter();
  // Seen below the faults: what was really asked of the store.
  const seen = withObserver(bare, { clock, observe: calls.observe });
  const struck = withFaults(seen, { clock, random, rules }).table("traces");
  const another: GoldSetup["another"] = (others = {}) =>
    openGoldTable({ rows: struck, clock, random, ...options, ...others });
  const gold = await another();
  calls.reset();
  return {
    gold,
    rows,
    calls,
    count: (operation) => {
      const number = calls.totals().get(operation)?.calls ?? 0;
      calls.reset();
      return number;
    },
    another,
  };
}

/** All cells of a table, as `family:qualifier`, by row. */
export async function cellsOf(rows: RowStore): Promise<ReadonlyMap<string, readonly Cell[]>> {
  const found = new Map<string, readonly Cell[]>();
  for await (const batch of rows.readRows({})) {
    for (const { key, cells } of batch) found.set(key, cells);
  }
  return found;
}

/** A digest of 32 times the same digit. */
export function digest(digit: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digit.repeat(32), "hex"));
}

/** The points of each trace, by its id: the first digit of its digest, `-` for missing, `!` for invalid. */
export function drawn(points: GoldBlock | GoldMatrix): Readonly<Record<string, string>> {
  const width = points.ids.length === 0 ? 0 : points.states.length / points.ids.length;
  return Object.fromEntries(
    points.ids.map((id, row) => [
      id,
      Array.from({ length: width }, (_, column) => {
        const at = row * width + column;
        if (points.states[at] === POINT.missing) return "-";
        if (points.states[at] === POINT.invalid) return "!";
        return textOfDigest(points.values.subarray(at * 16, (at + 1) * 16))[0];
      }).join(""),
    ]),
  );
}

export async function setCell(
  rows: RowStore,
  row: string,
  [family, qualifier]: readonly [string, string],
  value: Uint8Array,
  timestampMicros = 0,
): Promise<void> {
  await rows.mutateRows([
    {
      key: toKey(row),
      mutations: [{ type: "set-cell", family, qualifier, timestampMicros, value }],
    },
  ]);
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
