import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Random } from "@foretile/resilience";
import { isStorageError, StorageError } from "@foretile/storage";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import type { S3Objects } from "../src/s3-objects.ts";
import { createS3Records, type S3Records } from "../src/s3-records.ts";
import { createObjectDouble, slowDown, unclear } from "./doubles/object-double.ts";

const name = "r/a";
const clock = createInstantClock({ startMs: 0 });

/** Enough for any list of the last changes of a record to be another one. */
const MANY = 45;

/** A server far away: requests take their time, fail, arrive twice, and are answered when all have gone on. */
function farAway(objects: S3Objects, random: Random): S3Objects {
  let stored = 0;
  let cutGets = 0;
  const chance = (of: number): boolean => random.nextUint32() % of === 0;
  const others = async (): Promise<void> => {
    const enough = stored + MANY;
    for (let steps = 0; steps < 500; steps += 1) {
      if (stored >= enough) return;
      await setImmediate();
    }
  };
  const travel = async (): Promise<void> => {
    for (let steps = random.nextUint32() % 4; steps > 0; steps -= 1) await setImmediate();
  };
  const put: S3Objects["put"] = async (...call) => {
    const outcome = await objects.put(...call);
    if (outcome.type === "stored") stored += 1;
    return outcome;
  };
  return {
    ...objects,
    get: async (...call) => {
      await travel();
      if (cutGets === 0 && chance(60)) cutGets = 12;
      if (cutGets > 0) {
        cutGets -= 1;
        throw new StorageError("unavailable", "lost", { retry: "safe" });
      }
      return objects.get(...call);
    },
    put: async (...call) => {
      await travel();
      if (chance(10)) return chance(2) ? slowDown() : unclear();
      if (chance(3)) {
        await put(...call);
        await travel();
      }
      const outcome = await put(...call);
      if (chance(8)) await others();
      if (chance(10)) return chance(2) ? slowDown() : unclear();
      return outcome;
    },
  };
}

async function listIn(records: S3Records): Promise<{
  readonly state: Awaited<ReturnType<S3Records["read"]>>;
  readonly ids: readonly string[];
}> {
  for (;;) {
    try {
      const state = await records.read(name, undefined);
      return { state, ids: new TextDecoder().decode(state?.value).split(" ").filter(Boolean) };
    } catch (error) {
      if (!isStorageError(error, "unavailable")) throw error;
    }
  }
}

test.each([
  { stores: 2, callers: 4, changes: 30 },
  { stores: 6, callers: 2, changes: 20 },
  { stores: 40, callers: 1, changes: 6 },
])(
  "what $stores stores are told of their changes is so, whatever happened on the way",
  async ({ stores, callers, changes }) => {
    for (let seed = 1; seed <= 3; seed += 1) {
      const random = createSeededRandom(seed);
      const { objects } = createObjectDouble();
      const server = farAway(objects, random);
      const told = { swapped: [] as string[], lost: [] as string[], unknown: [] as string[] };

      async function change(records: S3Records, id: string): Promise<void> {
        const { state, ids } = await listIn(records);
        const value = new TextEncoder().encode([...ids, id].join(" "));
        try {
          const { swapped } = await records.swap(name, state, value, undefined);
          told[swapped ? "swapped" : "lost"].push(id);
        } catch (error) {
          if (!isStorageError(error, "unavailable")) throw error;
          told[error.retry === "safe" ? "lost" : "unknown"].push(id);
        }
      }

      const loops = Array.from({ length: stores }, (_, store) => {
        const records = createS3Records({
          objects: server,
          prefix: "p/",
          traits: {
            conditions: "A",
            quoting: "quoted",
            etag: "md5",
            conditionalMultipart: true,
            conditionalDelete: "none",
          },
          clock,
          random: createSeededRandom(seed * 1_000 + store),
          serverNowMs: () => 0,
        });
        return Array.from({ length: callers }, async (__, caller) => {
          for (let index = 0; index < changes; index += 1) {
            await change(records, `${store}.${caller}.${index}`);
          }
        });
      });
      await Promise.all(loops.flat());

      const state = await objects.get(`p/${name}`);
      const there = new Set(new TextDecoder().decode(state?.bytes.subarray(405)).split(" "));
      expect(told.swapped.filter((id) => !there.has(id))).toEqual([]);
      expect(told.lost.filter((id) => there.has(id))).toEqual([]);
      expect(told.swapped.length * told.lost.length).toBeGreaterThan(0);
    }
  },
);
