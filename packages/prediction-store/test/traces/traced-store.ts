import { decodeTraceId } from "@foretile/keyspace";
import type { Store } from "@foretile/storage";
import { withFaults } from "@foretile/storage/layers";
import { createInstantClock } from "@foretile/testkit";
import { openTraceStore, POINT } from "@foretile/trace-store";
import type { Library } from "@foretile/version-store";

import { requestKey, type MinerScore, type ScoreSet } from "../../src/index.ts";
import { request } from "../store/open-test-store.ts";

export const KEY: string = requestKey(request);

/** The minute in which the request of the tests starts. */
const MINUTE: number = request.startUnixSeconds / 60;

export function scoredMiner(minerId: number, crps: number): MinerScore {
  const intervals = { "5min": crps - 1, "24hour_abs": 1 };
  return {
    minerId,
    minerUid: minerId + 100,
    status: "scored",
    crps,
    intervals,
    promptScore: crps - 3,
  };
}

/** Scores of version 1 of a request: miner 1 is scored, 2 refused, 3 silent, and of 4 the tile is damaged. */
export function scoreSet(changes: Partial<ScoreSet> = {}): ScoreSet {
  const rest = { intervals: {} } as const;
  return {
    requestKey: KEY,
    requestVersion: 1,
    requestVersionHash: "ab".repeat(32),
    scoredBy: "test 1",
    pricesHash: "cd".repeat(32),
    missingPriceCount: 0,
    percentile90: 12.5,
    bestCrps: 3,
    miners: [
      scoredMiner(1, 3),
      {
        minerId: 2,
        minerUid: 102,
        status: "invalid",
        reason: "path_count",
        promptScore: 9.5,
        ...rest,
      },
      {
        minerId: 3,
        minerUid: 103,
        status: "missing",
        reason: "no_process_time",
        promptScore: 9.5,
        ...rest,
      },
      { minerId: 4, minerUid: 104, status: "missing", reason: "damaged", ...rest },
    ],
    ...changes,
  };
}

/** All that is recorded in a set: by position, by params without label and asset, a number, digits or `invalid`. */
export async function traced(
  library: Library,
  set: string,
): Promise<Record<string, Record<string, number | string>>> {
  const store = await openTraceStore({ library, set });
  const found: Record<string, Record<string, number | string>> = {};
  for await (const block of store.query({})) {
    const width = block.to - block.from;
    for (const [index, state] of block.states.entries()) {
      if (state === POINT.missing || state === POINT.deleted) continue;
      const params = decodeTraceId(block.ids[Math.floor(index / width)] ?? "");
      const { label: _, asset: __, ...own } = params;
      const name = Object.entries(own).map(([key, value]) => `${key}=${value}`);
      const position = block.from + (index % width) - MINUTE;
      const { values } = block;
      const value =
        values instanceof Float64Array
          ? values[index]
          : Buffer.from((values as Uint8Array).subarray(index * 16, index * 16 + 16)).toString(
              "hex",
            );
      const at = (found[`+${position}`] ??= {});
      at[name.join(" ")] = state === POINT.value ? (value ?? "none") : "invalid";
    }
  }
  return found;
}

/** The version of the newest state of each tile of a set. */
export async function tileVersions(library: Library, set: string): Promise<number[]> {
  const store = await openTraceStore({ library, set });
  const versions: number[] = [];
  for await (const { version } of store.listTiles()) versions.push(version);
  return versions;
}

/** The same store, for a process that is killed: from a moment on so many writes happen, and none after them. */
export function mortalStore(store: Store): {
  readonly store: Store;
  readonly dieAfter: (writes: number) => void;
} {
  let left = Infinity;
  const mortal = withFaults(store, {
    clock: createInstantClock({ startMs: 0 }),
    // Even odds, and dice that know how many are left.
    random: {
      nextUint32: () => {
        left -= 1;
        return left < 0 ? 0 : 2 ** 32 - 1;
      },
    },
    rules: [
      {
        fault: { type: "fail" },
        operations: ["blobs.putNew", "refs.compareAndSet", "blobs.deleteMany"],
        probability: 0.5,
      },
    ],
  });
  return { store: mortal, dieAfter: (writes) => void (left = writes) };
}
