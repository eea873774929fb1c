import { latestScores } from "../latest-scores.ts";
import type { RequestId } from "../records/request.ts";
import { assertEqual, assertRejects, collect, showStatuses } from "./assertions.ts";
import type { AddCase } from "./conformance-case.ts";
import {
  DAY,
  highRequest,
  invalid,
  lowRequest,
  minerIds,
  nameOf,
  namesOf,
  NOON,
  save,
  score,
  valid,
  writeScores,
} from "./samples.ts";

export function scoreCases(add: AddCase): void {
  add("scores are read back as they were written, by miner id", async (catalog) => {
    const [a = 0, b = 0, c = 0] = await minerIds(catalog, 3);
    const { requestId } = await save(catalog, lowRequest("BTC", NOON), [
      valid(a, 10),
      invalid(b, 11),
      valid(c, 12),
    ]);
    assertEqual(await catalog.readScores(requestId), undefined, "before");
    const failed = { ...score(b, 90.5), totalCrps: undefined, intervals: {} };
    const precise = { ...score(c, 1 / 3), intervals: { z: 0.1, "5min": 2 ** -1074, a: 1e300 } };
    const statuses = await catalog.writeScores({
      requestId,
      requestVersion: 7,
      scores: [precise, score(a, 0), failed],
    });
    assertEqual(showStatuses(statuses), ["ok", "ok", "ok"], "statuses");
    const read = await catalog.readScores(requestId);
    assertEqual(
      read,
      {
        requestId,
        label: "low",
        asset: "BTC",
        startUnixSeconds: NOON,
        scoredAtUnixSeconds: NOON + DAY,
        scores: [
          { ...score(a, 0), minerUid: 10, requestVersion: 7 },
          { ...failed, minerUid: 11, requestVersion: 7 },
          { ...precise, minerUid: 12, requestVersion: 7 },
        ],
      },
      "scores",
    );
    assertEqual(
      Object.keys(read?.scores[2]?.intervals ?? {}),
      ["z", "5min", "a"],
      "the order of intervals",
    );
    assertEqual((await catalog.readRequest(requestId))?.scored, true, "the request is scored");
  });

  add("a row that is not finite blocks no other", async (catalog) => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = await minerIds(catalog, 5);
    const { requestId } = await save(
      catalog,
      lowRequest("BTC", NOON),
      [a, b, c, d].map((id) => valid(id)),
    );
    const statuses = await catalog.writeScores({
      requestId,
      requestVersion: 1,
      scores: [
        { ...score(a, 1), totalCrps: Infinity },
        score(b, 2),
        { ...score(c, 3), intervals: { "5min": Number.NaN } },
        score(e, 4),
        { ...score(d, 5), promptScore: -Infinity },
      ],
    });
    assertEqual(
      showStatuses(statuses),
      ["invalid-score", "ok", "invalid-score", "no-such-prediction", "invalid-score"],
      "statuses, in the order given",
    );
    assertEqual(
      statuses.map(({ minerId }) => minerId),
      [a, b, c, e, d],
      "the miners of the statuses",
    );
    const read = await catalog.readScores(requestId);
    assertEqual(
      read?.scores.map(({ minerId, promptScore }) => [minerId, promptScore]),
      [[b, 2]],
      "what is stored",
    );
  });

  add("a request of which every row is refused stays open", async (catalog) => {
    const [a = 0] = await minerIds(catalog, 1);
    const { requestId } = await save(catalog, lowRequest("BTC", NOON - 2 * DAY), [valid(a)]);
    const scores = [{ ...score(a, 1), lowest: Number.NaN }];
    await catalog.writeScores({ requestId, requestVersion: 1, scores, realizedPrices: [1, 2] });
    assertEqual((await catalog.readRequest(requestId))?.scored, false, "scored");
    assertEqual(await catalog.readRealizedPrices(requestId), undefined, "prices");
    const query = { label: "low", scoredAtUnixSeconds: NOON, windowSeconds: 10 * DAY };
    assertEqual((await namesOf(catalog.listScorable(query))).length, 1, "due requests");
  });

  add("each row of an upsert takes its own values", async (catalog) => {
    const [a = 0, b = 0, c = 0] = await minerIds(catalog, 3);
    const { requestId } = await save(
      catalog,
      lowRequest("BTC", NOON),
      [a, b, c].map((id) => valid(id)),
    );
    await writeScores(catalog, requestId, score(a, 1), score(b, 2));
    await writeScores(catalog, requestId, score(c, 30), score(b, 20));
    const read = await catalog.readScores(requestId);
    assertEqual(
      read?.scores.map(({ minerId, promptScore, totalCrps }) => [minerId, promptScore, totalCrps]),
      [
        [a, 1, 101],
        [b, 20, 120],
        [c, 30, 130],
      ],
      "scores",
    );
  });

  add("parallel upserts of different miners lose nothing", async (catalog) => {
    const ids = await minerIds(catalog, 16);
    const { requestId } = await save(
      catalog,
      lowRequest("BTC", NOON),
      ids.map((id) => valid(id)),
    );
    const scores = ids.map((id, index) => score(id, index));
    // In opposite orders: a store that locks rows one by one must not come to a standstill.
    await Promise.all(
      ids.map((_, index) => {
        const some = [...scores.slice(index), ...scores.slice(0, index)].slice(0, 8);
        const ordered = index % 2 === 0 ? some : some.toReversed();
        return writeScores(catalog, requestId, ...ordered);
      }),
    );
    const read = await catalog.readScores(requestId);
    assertEqual(
      read?.scores.map(({ minerId, promptScore }) => [minerId, promptScore]),
      ids.map((id, index) => [id, index]),
      "scores",
    );
  });

  add("realized prices keep their gaps", async (catalog) => {
    const [a = 0] = await minerIds(catalog, 1);
    const { requestId } = await save(catalog, lowRequest("BTC", NOON), [valid(a)]);
    const write = (realizedPrices: ArrayLike<number>) =>
      catalog.writeScores({ requestId, requestVersion: 1, scores: [score(a, 1)], realizedPrices });
    await write(Float64Array.of(104_856.23, Number.NaN, 1 / 3));
    assertEqual(
      await catalog.readRealizedPrices(requestId),
      Float64Array.of(104_856.23, Number.NaN, 1 / 3),
      "prices",
    );
    await assertRejects("an infinite price", () => write([1, Infinity]), "invalid-argument");
    await writeScores(catalog, requestId, score(a, 2));
    assertEqual(
      (await catalog.readRealizedPrices(requestId))?.length,
      3,
      "prices, after scores without any",
    );
  });

  add("the history of a window is listed, the latest end first", async (catalog) => {
    const [a = 0, b = 0] = await minerIds(catalog, 2);
    for (const [asset, start] of [
      ["BTC", 0],
      ["ETH", 0],
      ["BTC", 600],
      ["XAU", 300],
    ] as const) {
      const request = lowRequest(asset, NOON + start);
      const { requestId } = await save(catalog, request, [valid(a), valid(b)]);
      await writeScores(catalog, requestId, score(a, start + 1), score(b, start + 2));
    }
    await save(catalog, lowRequest("SOL", NOON + 300), [valid(a)]);
    const { requestId } = await save(catalog, highRequest("BTC", NOON), [valid(a)]);
    await writeScores(catalog, requestId, score(a, 5));
    const end = NOON + DAY;
    for (const batchSize of [1, 3, 100]) {
      assertEqual(
        await namesOf(catalog.listScores({ label: "low" }, { batchSize }), batchSize),
        ["BTC+600", "XAU+300", "BTC+0", "ETH+0"],
        `all, in batches of ${batchSize}`,
      );
    }
    const window = { label: "low", fromUnixSeconds: end + 1, toUnixSeconds: end + 600 };
    const [only, ...others] = await collect(catalog.listScores(window));
    assertEqual(others, [], "others in the window");
    assertEqual(
      only?.scores.map(({ minerId, promptScore, percentile90, lowest }) => [
        minerId,
        promptScore,
        percentile90,
        lowest,
      ]),
      [
        [a, 301, 190.5, 100],
        [b, 302, 190.5, 100],
      ],
      "rows in the window",
    );
    assertEqual(
      await namesOf(catalog.listScores({ label: "low", asset: "BTC" })),
      ["BTC+600", "BTC+0"],
      "of an asset",
    );
    const latest = await latestScores(catalog, { label: "low" });
    assertEqual(latest && nameOf(latest), "BTC+600", "the latest");
    const ofAsset = await latestScores(catalog, { label: "low", asset: "ETH" });
    assertEqual(ofAsset && nameOf(ofAsset), "ETH+0", "the latest of an asset");
    assertEqual(await latestScores(catalog, { label: "none" }), undefined, "of another label");
  });

  add("old scores and prices are dropped for good, younger ones stay", async (catalog) => {
    const [a = 0, b = 0] = await minerIds(catalog, 2);
    const ids: RequestId[] = [];
    for (const start of [NOON - 2 * DAY, NOON - DAY]) {
      const { requestId } = await save(catalog, lowRequest("BTC", start), [valid(a), valid(b)]);
      ids.push(requestId);
      const scores = [score(a, 1), score(b, 2)];
      await catalog.writeScores({ requestId, requestVersion: 1, scores, realizedPrices: [1, 2] });
    }
    const due = { label: "low", scoredAtUnixSeconds: NOON, windowSeconds: 10 * DAY };
    assertEqual(await namesOf(catalog.listScorable(due)), [], "due before");
    const drop = { label: "low", beforeUnixSeconds: NOON };
    assertEqual(await catalog.dropScores(drop), { scores: 2, prices: 1 }, "the first time");
    assertEqual(await catalog.dropScores(drop), { scores: 0, prices: 0 }, "the second time");
    const [old, young] = ids as [RequestId, RequestId];
    assertEqual(await catalog.readScores(old), undefined, "old scores");
    assertEqual(await catalog.readRealizedPrices(old), undefined, "old prices");
    assertEqual((await catalog.readRequest(old))?.scored, false, "the old request");
    assertEqual((await catalog.readScores(young))?.scores.length, 2, "young scores");
    assertEqual((await catalog.readRealizedPrices(young))?.length, 2, "young prices");
    assertEqual(await namesOf(catalog.listScores({ label: "low" })), ["BTC+-86400"], "history");
    assertEqual((await catalog.readPredictions(old)).length, 2, "old predictions");
    assertEqual(await namesOf(catalog.listScorable(due)), ["BTC+-172800"], "due again");
  });

  add("wrong scores are refused as a whole", async (catalog) => {
    const [a = 0] = await minerIds(catalog, 1);
    const { requestId } = await save(catalog, lowRequest("BTC", NOON), [valid(a)]);
    const scores = [score(a, 1)];
    await assertRejects(
      "an unknown request",
      () => catalog.writeScores({ requestId: "x" as RequestId, requestVersion: 1, scores }),
      "no-such-request",
    );
    await assertRejects(
      "a miner twice",
      () => catalog.writeScores({ requestId, requestVersion: 1, scores: [...scores, score(a, 2)] }),
      "invalid-argument",
    );
    await assertRejects(
      "a version",
      () => catalog.writeScores({ requestId, requestVersion: -1, scores }),
      "invalid-argument",
    );
    assertEqual(await catalog.readScores(requestId), undefined, "scores");
  });
}
