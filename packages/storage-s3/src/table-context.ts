import type { Random } from "@foretile/resilience";
import {
  StorageError,
  type Cell,
  type FamilyName,
  type GarbageRule,
  type Key,
} from "@foretile/storage";

import { escapeKey } from "./object-name.ts";
import { decodeRow } from "./row-object.ts";
import type { StoredState } from "./s3-records.ts";
import type { StoreContext } from "./store-context.ts";
import { decodeFamilies, encodeFamilies, type Families } from "./table-families.ts";

/** Somebody else changed the record each time; the waits between grow to about a second. */
const MAX_ATTEMPTS = 16;
const FIRST_WAIT_MS = 10;
const LONGEST_WAIT_MS = 200;

interface StoredRow {
  readonly state: StoredState | undefined;
  readonly cells: readonly Cell[];
}

/** The records of one table. */
export interface TableContext {
  /** What the names of its rows start with, without the store's prefix. */
  readonly folder: string;
  families(signal: AbortSignal | undefined): Promise<Families>;
  setFamily(family: FamilyName, rule: GarbageRule, signal: AbortSignal | undefined): Promise<void>;
  /** All cells of a row, also those that its rules let go. */
  read(key: Key, signal: AbortSignal | undefined): Promise<StoredRow>;
  /** @returns whether the row was still in `state` and is replaced; no cells leave a tombstone */
  swap(
    key: Key,
    state: StoredState | undefined,
    value: Uint8Array | undefined,
    signal: AbortSignal | undefined,
  ): Promise<boolean>;
  /**
   * Tries until a change met nobody else's.
   *
   * @param attempt `true` when it is done
   */
  untilDone(
    name: string,
    signal: AbortSignal | undefined,
    attempt: () => Promise<boolean>,
  ): Promise<void>;
}

export function createTableContext(
  context: StoreContext,
  table: string,
  random: Random,
): TableContext {
  const { records, clock } = context;
  const folder = `t/${table}/`;
  const familiesName = `f/${table}`;
  const nameOf = (key: Key): string => folder + escapeKey(key);

  async function untilDone(
    name: string,
    signal: AbortSignal | undefined,
    attempt: () => Promise<boolean>,
  ): Promise<void> {
    for (let tried = 1; tried <= MAX_ATTEMPTS; tried += 1) {
      if (await attempt()) return;
      const bound = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tried);
      await clock.sleep((random.nextUint32() / 2 ** 32) * bound, signal);
    }
    throw new StorageError("unavailable", `too many others change the record name=${name}`, {
      retry: "safe",
    });
  }

  async function read(key: Key, signal: AbortSignal | undefined): Promise<StoredRow> {
    const name = nameOf(key);
    const state = await records.read(name, signal);
    return { state, cells: state?.value === undefined ? [] : decodeRow(name, state.value) };
  }

  async function swap(
    name: string,
    state: StoredState | undefined,
    value: Uint8Array | undefined,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    return (await records.swap(name, state, value, signal)).swapped;
  }

  return {
    folder,
    read,
    untilDone,

    swap: (key, state, value, signal) => swap(nameOf(key), state, value, signal),

    families: async (signal) => {
      const state = await records.read(familiesName, signal);
      return state?.value === undefined ? new Map() : decodeFamilies(familiesName, state.value);
    },

    setFamily: (family, rule, signal) =>
      untilDone(familiesName, signal, async () => {
        const state = await records.read(familiesName, signal);
        const before =
          state?.value === undefined
            ? new Map<FamilyName, GarbageRule>()
            : decodeFamilies(familiesName, state.value);
        const after = new Map([...before, [family, rule] as const].sort(byName));
        return swap(familiesName, state, encodeFamilies(after), signal);
      }),
  };
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
