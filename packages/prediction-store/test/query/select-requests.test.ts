import { escapeKeyPart } from "@foretile/keyspace";
import { toKey } from "@foretile/storage";
import { assert, constantFrom, integer, option, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import {
  relatedSteps,
  requestKey,
  selectRequests,
  stepCount,
  stepsInWindow,
  timeRelations,
  type ForecastRequest,
  type RequestSelection,
  type TimeWindow,
} from "../../src/index.ts";
import { openTestStore, request, walk, type TestStore } from "../store/open-test-store.ts";

const start = request.startUnixSeconds;

const windows = record({
  fromUnixSeconds: option(integer({ min: start - 700, max: start + 3000 }), { nil: undefined }),
  toUnixSeconds: option(integer({ min: start - 700, max: start + 3000 }), { nil: undefined }),
}).filter(
  ({ fromUnixSeconds = -Infinity, toUnixSeconds = Infinity }) => fromUnixSeconds < toUnixSeconds,
);

const sizes = record({
  timeIncrementSeconds: constantFrom(1, 7, 60, 300),
  timeLengthSeconds: integer({ min: 300, max: 2000 }),
});

/** The steps whose moments lie in the window, one by one. */
function plainSteps(of: ForecastRequest, window: TimeWindow): number[] {
  const { fromUnixSeconds = -Infinity, toUnixSeconds = Infinity } = window;
  return Array.from({ length: stepCount(of) }, (_, step) => step).filter((step) => {
    const moment = of.startUnixSeconds + step * of.timeIncrementSeconds;
    return moment >= fromUnixSeconds && moment < toUnixSeconds;
  });
}

describe("the plan", () => {
  test("takes the steps whose moments lie in the window", () => {
    assert(
      property(windows, sizes, (window, size) => {
        const of = { ...request, ...size };
        const expected = plainSteps(of, window);
        const range = stepsInWindow(of, window);
        const found = range && { from: expected[0], to: (expected.at(-1) ?? 0) + 1 };
        expect(range).toEqual(expected.length === 0 ? undefined : found);
      }),
      { numRuns: 1000 },
    );
  });

  test("relates requests to windows by their steps", () => {
    assert(
      property(windows, sizes, constantFrom(...timeRelations), (window, size, relation) => {
        const of = { ...request, ...size };
        const steps = new Set(plainSteps(of, window));
        const last = stepCount(of) - 1;
        const related = {
          intersects: steps.size > 0,
          within: steps.size === last + 1,
          "starts-in": steps.has(0),
          "ends-in": steps.has(last),
        };
        expect(relatedSteps(of, window, relation) !== undefined).toBe(related[relation]);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    { fromUnixSeconds: 5, toUnixSeconds: 5 },
    { fromUnixSeconds: 5, toUnixSeconds: 4 },
    { fromUnixSeconds: 0.5 },
    { toUnixSeconds: Number.NaN },
  ])("refuses the window %j", (window) => {
    expect(() => stepsInWindow(request, window)).toThrow(
      expect.objectContaining({ code: "invalid-query" }),
    );
  });
});

const hour = 3600;

/** Requests of BTC at 0 h, 1 h and 2 h and one of ETH at 1 h, each of ten minutes; the long one at 0 h lasts two days. */
async function storeOfRequests(): Promise<TestStore> {
  const opened = await openTestStore();
  await publish(opened, { startUnixSeconds: start });
  await publish(opened, { startUnixSeconds: start + hour });
  await publish(opened, { startUnixSeconds: start + 2 * hour });
  await publish(opened, { startUnixSeconds: start + hour, asset: "ETH" });
  await publish(opened, { label: "long", startUnixSeconds: start, timeLengthSeconds: 48 * hour });
  return opened;
}

async function publish(
  { predictions }: TestStore,
  changes: Partial<ForecastRequest>,
  seed = 1,
): Promise<void> {
  const of = { ...request, timeLengthSeconds: 600, ...changes };
  const outcome = { status: "valid", tile: walk(seed, of) } as const;
  await predictions.publish(of, [{ minerUid: 1, minerId: 1, processTimeSeconds: 1, outcome }]);
}

async function selected(
  { predictions }: TestStore,
  selection: RequestSelection,
): Promise<string[]> {
  const found: string[] = [];
  for await (const { published, steps, error } of selectRequests(predictions, selection)) {
    if (error !== undefined) throw error;
    const { label, asset, startUnixSeconds } = published.request;
    const at = (startUnixSeconds - start) / hour;
    found.push(`${label} ${asset} ${at}h v${published.version} ${steps.from}:${steps.to}`);
  }
  return found;
}

describe("a selection", () => {
  test("is everything, in order, unless something is said", async () => {
    const opened = await storeOfRequests();
    expect(await selected(opened, {})).toEqual([
      "long BTC 0h v1 0:577",
      "test BTC 0h v1 0:3",
      "test BTC 1h v1 0:3",
      "test BTC 2h v1 0:3",
      "test ETH 1h v1 0:3",
    ]);
    expect(await selected(opened, { asset: "ETH" })).toEqual(["test ETH 1h v1 0:3"]);
    expect(await selected(opened, { label: "long", asset: "BTC" })).toEqual([
      "long BTC 0h v1 0:577",
    ]);
  });

  test("is of requests that lie to a window in some way", async () => {
    const opened = await storeOfRequests();
    const window = { fromUnixSeconds: start + hour - 1, toUnixSeconds: start + hour + 600 };
    expect(await selected(opened, { window, asset: "BTC" })).toEqual([
      "long BTC 0h v1 12:14",
      "test BTC 1h v1 0:2",
    ]);
    expect(await selected(opened, { window, relation: "within" })).toEqual([]);
    const wider = { ...window, toUnixSeconds: start + hour + 601 };
    for (const relation of ["within", "starts-in", "ends-in"] as const) {
      expect(await selected(opened, { window: wider, relation })).toEqual([
        "test BTC 1h v1 0:3",
        "test ETH 1h v1 0:3",
      ]);
    }
    const late = { fromUnixSeconds: start + 48 * hour };
    expect(await selected(opened, { window: late, relation: "ends-in" })).toEqual([
      "long BTC 0h v1 576:577",
    ]);
  });

  test("is of keys, in their order, of which a window leaves out some", async () => {
    const opened = await storeOfRequests();
    const keys = [start + 2 * hour, start].map((startUnixSeconds) =>
      requestKey({ ...request, startUnixSeconds }),
    );
    expect(await selected(opened, { keys })).toEqual(["test BTC 2h v1 0:3", "test BTC 0h v1 0:3"]);
    const window = { toUnixSeconds: start + 1 };
    expect(await selected(opened, { keys, window })).toEqual(["test BTC 0h v1 0:1"]);
    await expect(selected(opened, { keys: ["test/BTC#1"] })).rejects.toMatchObject({
      code: "no-such-request",
    });
  });

  test("is of the versions of a snapshot, deleted requests too", async () => {
    const opened = await storeOfRequests();
    const { library } = opened;
    await library.snapshot("then");
    await publish(opened, { startUnixSeconds: start, asset: "ETH" });
    await publish(opened, { startUnixSeconds: start }, 2);
    await library.delete(
      `request/${requestKey({ ...request, asset: "ETH", startUnixSeconds: start + hour })}`,
    );
    const now = [
      "test BTC 0h v2 0:3",
      "test BTC 1h v1 0:3",
      "test BTC 2h v1 0:3",
      "test ETH 0h v1 0:3",
    ];
    expect(await selected(opened, { label: "test" })).toEqual(now);
    const then = [
      "test BTC 0h v1 0:3",
      "test BTC 1h v1 0:3",
      "test BTC 2h v1 0:3",
      "test ETH 1h v1 0:3",
    ];
    expect(await selected(opened, { label: "test", asOf: { snapshot: "then" } })).toEqual(then);
    expect(await selected(opened, { label: "test", asOf: "then" })).toEqual(then);
    expect(await selected(opened, { label: "test", asOf: 2 })).toEqual(["test BTC 0h v2 0:3"]);
    await expect(selected(opened, { asOf: { snapshot: "never" } })).rejects.toMatchObject({
      code: "no-such-snapshot",
    });
  });

  test("tells what cannot be read and goes on", async () => {
    const opened = await storeOfRequests();
    const { refs } = opened.store;
    const headKey = toKey(`h/${escapeKeyPart(`request/${requestKey(request)}`)}`);
    const head = await refs.read(headKey);
    await refs.compareAndSet(headKey, head?.token, Uint8Array.of(1));
    const ends: string[] = [];
    for await (const { key, error } of selectRequests(opened.predictions, { label: "test" })) {
      ends.push(error === undefined ? (key ?? "") : "damaged");
    }
    expect(ends.toSorted()).toEqual([
      "damaged",
      requestKey({ ...request, startUnixSeconds: start + hour }),
      requestKey({ ...request, startUnixSeconds: start + 2 * hour }),
      requestKey({ ...request, startUnixSeconds: start + hour, asset: "ETH" }),
    ]);
  });

  test("ends with the signal's error", async () => {
    const { predictions } = await storeOfRequests();
    const found = selectRequests(predictions, {}, { signal: AbortSignal.abort() });
    await expect(found.next()).rejects.toMatchObject({ code: "aborted" });
  });
});
