import { openTraceStore } from "@foretile/trace-store";
import type { Library } from "@foretile/version-store";
import { describe, expect, test, vi } from "vitest";

import { requestKey } from "../../src/index.ts";
import { DIGEST_TRACES, openRequestTraces, SCORE_TRACES } from "../../src/traces/index.ts";
import {
  blobKeys,
  invalidAnswer,
  openTestStore,
  request,
  tamper,
  validAnswer,
} from "../store/open-test-store.ts";
import { mortalStore, KEY, scoredMiner, scoreSet, tileVersions, traced } from "./traced-store.ts";

const refused = {
  ...invalidAnswer(2),
  outcome: { status: "invalid", reason: "path_count", message: "6 paths" },
} as const;

/** Miner 5 sends what miner 1 sends. */
const answers = [
  validAnswer(1),
  refused,
  invalidAnswer(3),
  validAnswer(4),
  { ...validAnswer(1), minerId: 5, minerUid: 5 },
];

async function openTraced(options: { readonly mode?: "raw" | "decimal" } = {}) {
  const opened = await openTestStore(options);
  const { library, predictions } = opened;
  await predictions.publish(request, answers);
  return { ...opened, traces: await openRequestTraces({ library, predictions }) };
}

const expectedScores = {
  "field=percentile90": 12.5,
  "field=best_crps": 3,
  "field=miners": 4,
  "field=scores_version": 1,
  "field=miner_uid miner=1": 101,
  "field=prompt_score miner=1": 0,
  "field=crps miner=1": 3,
  "field=interval interval=5min miner=1": 2,
  "field=interval interval=24hour_abs miner=1": 1,
  "field=miner_uid miner=2": 102,
  "field=prompt_score miner=2": 9.5,
  "field=crps miner=2": "invalid",
  "field=interval interval=5min miner=2": "invalid",
  "field=interval interval=24hour_abs miner=2": "invalid",
  "field=miner_uid miner=3": 103,
  "field=prompt_score miner=3": 9.5,
  "field=miner_uid miner=4": 104,
  "field=prompt_score miner=4": "invalid",
};

describe("traces of a request", () => {
  test("hold every score, with what is invalid kept apart from what never came", async () => {
    const { library, predictions, traces } = await openTraced();
    await predictions.writeScores(scoreSet());
    expect(await traces.update(KEY)).toBe(Object.keys(expectedScores).length + 4);
    expect(await traced(library, SCORE_TRACES)).toEqual({ "+0": expectedScores });
  });

  test.each(["raw", "decimal"] as const)(
    "hold what a tile is, however it is stored: %s",
    async (mode) => {
      const { library, predictions, traces } = await openTraced({ mode });
      await predictions.writeScores(scoreSet());
      await traces.update(KEY);
      const { answers: stored } = await predictions.read(KEY);
      const [one, four] = [1, 4].map((id) => stored.find(({ minerId }) => minerId === id));
      const digest = (answer: typeof one): string =>
        answer?.status === "valid" ? answer.contentHash.slice(0, 32) : "none";
      expect(await traced(library, DIGEST_TRACES)).toEqual({
        "+0": {
          "miner=1": digest(one),
          "miner=2": "invalid",
          "miner=4": digest(four),
          "miner=5": digest(one),
        },
      });
      const digests = await openTraceStore({ library, set: DIGEST_TRACES });
      const same = await digests.same(request.startUnixSeconds / 60);
      expect(same.map(({ ids }) => ids)).toEqual([
        [",asset=BTC,label=test,miner=1,", ",asset=BTC,label=test,miner=5,"],
      ]);
    },
  );

  test("are not touched by scores that are there, by whomever they are brought", async () => {
    const { library, predictions, traces } = await openTraced();
    await predictions.writeScores(scoreSet());
    await traces.update(KEY);
    const before = [
      await tileVersions(library, SCORE_TRACES),
      await tileVersions(library, DIGEST_TRACES),
    ];
    await predictions.writeScores(scoreSet());
    expect(await traces.update(KEY)).toBe(0);
    const others = await openRequestTraces({ library, predictions });
    expect(await others.update(KEY)).toBe(0);
    for (const full of [false, true]) {
      for await (const step of others.rebuild({}, { full })) {
        expect(step).toEqual({ key: KEY, requests: 1, added: 0, points: 0 });
      }
    }
    expect([
      await tileVersions(library, SCORE_TRACES),
      await tileVersions(library, DIGEST_TRACES),
    ]).toEqual(before);
  });

  test("follow the next scores, and lose what these no longer have", async () => {
    const { library, predictions, traces } = await openTraced();
    await predictions.writeScores(scoreSet());
    await traces.update(KEY);
    const next = scoreSet({
      percentile90: undefined,
      miners: [{ ...scoredMiner(2, 7), intervals: { "5min": 7 } }],
    });
    await predictions.writeScores(next);
    await traces.update(KEY);
    expect(await traced(library, SCORE_TRACES)).toEqual({
      "+0": {
        "field=percentile90": "invalid",
        "field=best_crps": 3,
        "field=miners": 1,
        "field=scores_version": 2,
        "field=miner_uid miner=2": 102,
        "field=prompt_score miner=2": 4,
        "field=crps miner=2": 7,
        "field=interval interval=5min miner=2": 7,
      },
    });
  });

  test("end with the newest scores, though whoever had older ones writes last", async () => {
    const { library, predictions, traces } = await openTraced();
    const others = await openRequestTraces({ library, predictions });
    await predictions.writeScores(scoreSet());
    const read = predictions.readScoreRecord.bind(predictions);
    vi.spyOn(predictions, "readScoreRecord").mockImplementationOnce(async (key) => {
      const older = await read(key);
      await predictions.writeScores(scoreSet({ miners: [scoredMiner(1, 5)] }));
      await others.update(key);
      return older;
    });
    await traces.update(KEY);
    const { "+0": found } = await traced(library, SCORE_TRACES);
    expect(found).toMatchObject({ "field=crps miner=1": 5, "field=scores_version": 2 });
    expect(Object.keys(found ?? {}).filter((name) => name.includes("miner=2"))).toEqual([]);
  });

  test("are apart for requests of one minute", async () => {
    const { library, predictions, traces } = await openTraced();
    const other = { ...request, startUnixSeconds: request.startUnixSeconds + 17 };
    await predictions.publish(other, [validAnswer(1, 9)]);
    await predictions.writeScores(scoreSet());
    const scores = scoreSet({ requestKey: requestKey(other), miners: [scoredMiner(1, 8)] });
    await predictions.writeScores(scores);
    await traces.update(KEY);
    await traces.update(requestKey(other));
    expect(await traces.update(KEY)).toBe(0);
    const { "+0": found = {} } = await traced(library, SCORE_TRACES);
    expect(found).toMatchObject(expectedScores);
    expect(found["field=crps miner=1 second=17"]).toBe(8);
    await predictions.writeScores({ ...scores, miners: [scoredMiner(2, 8)] });
    await traces.update(requestKey(other));
    const { "+0": later = {} } = await traced(library, SCORE_TRACES);
    expect(later).toMatchObject(expectedScores);
    expect(later["field=crps miner=1 second=17"]).toBeUndefined();
  });

  test("are only there for requests with scores, and stay when the scored version is gone", async () => {
    const { library, predictions, traces } = await openTraced();
    expect(await traces.update(KEY)).toBe(0);
    await predictions.writeScores(scoreSet({ requestVersion: 99 }));
    expect(await traces.update(KEY)).toBe(Object.keys(expectedScores).length);
    expect(await traced(library, DIGEST_TRACES)).toEqual({});
  });
});

describe("a rebuild", () => {
  test("traces what was scored before, many requests at once", async () => {
    const { library, predictions, traces } = await openTraced();
    const minutes = Array.from({ length: 40 }, (_, index) => index * 97);
    for (const minute of minutes) {
      const startUnixSeconds = request.startUnixSeconds + minute * 60;
      const key = requestKey({ ...request, startUnixSeconds });
      await predictions.writeScores(
        scoreSet({ requestKey: key, miners: [scoredMiner(1, minute)] }),
      );
    }
    let [requests, added, steps] = [0, 0, 0];
    for await (const step of traces.rebuild({ label: "test" })) {
      requests += step.requests;
      added += step.added;
      steps += 1;
    }
    expect([requests, added]).toEqual([40, 40]);
    // Four days are four tiles, with one append each.
    expect(steps).toBe(4);
    expect(await tileVersions(library, SCORE_TRACES)).toHaveLength(4);
    const found = await traced(library, SCORE_TRACES);
    expect(Object.keys(found)).toHaveLength(40);
    for (const minute of minutes) expect(found[`+${minute}`]?.["field=crps miner=1"]).toBe(minute);
  });

  test("leaves a damaged day as it is, and traces the others", async () => {
    const { store, predictions, traces } = await openTraced();
    await predictions.writeScores(scoreSet());
    const before = new Set(await blobKeys(store));
    await traces.update(KEY);
    for (const key of await blobKeys(store)) {
      if (!before.has(key)) await tamper(store, key, () => undefined);
    }
    const tomorrow = { ...request, startUnixSeconds: request.startUnixSeconds + 86_400 };
    const scores = scoreSet({ requestKey: requestKey(tomorrow) });
    await predictions.writeScores(scores);

    const again = await openRequestTraces(await openTestStore({ existing: store, seed: 4 }));
    await expect(again.update(KEY)).rejects.toMatchObject({ code: "tile-damaged" });
    const damaged: Error[] = [];
    const steps = await collect(again.rebuild({}, { onDamaged: (error) => damaged.push(error) }));
    expect(steps.map(({ key, added }) => [key, added])).toEqual([
      [KEY, 0],
      [scores.requestKey, 1],
    ]);
    expect(damaged).toMatchObject([{ name: "TraceStoreError", code: "tile-damaged" }]);
    await expect(collect(again.rebuild())).rejects.toMatchObject({ code: "tile-damaged" });
  });

  test("mends what was deleted when it compares all", async () => {
    const { library, predictions, traces } = await openTraced();
    await predictions.writeScores(scoreSet());
    await traces.update(KEY);
    const store = await openTraceStore({ library, set: SCORE_TRACES });
    await store.deleteTraces({ miner: "1" });
    for await (const { points } of traces.rebuild({}, { full: true })) expect(points).toBe(5);
    expect(await traced(library, SCORE_TRACES)).toEqual({ "+0": expectedScores });
  });
});

test("killed after any of its writes, an update costs no score and is made up for by the next", async () => {
  const whole = await openTraced();
  await whole.predictions.writeScores(scoreSet());
  await whole.traces.update(KEY);
  const expected = await bothSets(whole.library);
  let kills = 0;
  for (let finished = false; !finished; kills += finished ? 0 : 1) {
    const { store, predictions } = await openTestStore();
    await predictions.publish(request, answers);
    await predictions.writeScores(scoreSet());
    const mortal = mortalStore(store);
    const dying = await openTestStore({ existing: mortal.store, seed: 2 });
    mortal.dieAfter(kills);
    finished = await openRequestTraces(dying).then(
      (traces) =>
        traces.update(KEY).then(
          () => true,
          () => false,
        ),
      () => false,
    );

    const next = await openTestStore({ existing: store, seed: 3 });
    expect(await next.predictions.readScores(KEY)).toEqual(scoreSet());
    await (await openRequestTraces(next)).update(KEY);
    expect(await bothSets(next.library)).toEqual(expected);
    expect(await (await openRequestTraces(next)).update(KEY)).toBe(0);
  }
  // Two sets are made, and two tiles written, each with more than one write.
  expect(kills).toBeGreaterThanOrEqual(8);
});

async function collect<T>(given: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of given) all.push(one);
  return all;
}

async function bothSets(library: Library) {
  return [await traced(library, SCORE_TRACES), await traced(library, DIGEST_TRACES)];
}
