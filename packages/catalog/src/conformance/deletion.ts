import type { Catalog } from "../catalog.ts";
import { cleanUp } from "../retention/clean-up.ts";
import { taper } from "../retention/taper.ts";
import type { RequestId } from "../records/request.ts";
import { assertEqual, assertRejects, collect, showStatuses } from "./assertions.ts";
import type { AddCase } from "./conformance-case.ts";
import {
  DAY,
  invalid,
  lowRequest,
  minerIds,
  nameOf,
  namesOf,
  NOON,
  save,
  score,
  valid,
} from "./samples.ts";

const NOW_MS = NOON * 1_000;
const deletion = { reason: "thinned", atMs: NOW_MS };
const since = { deletedSinceMs: 0 };

async function liveMiners(catalog: Catalog, requestId: RequestId): Promise<readonly number[]> {
  const rows = await catalog.readPredictions(requestId);
  return rows.filter(({ deleted }) => deleted === undefined).map(({ minerId }) => minerId);
}

export function deletionCases(add: AddCase): void {
  add("a deletion leaves a tombstone for every prediction that was alive", async (catalog) => {
    const [a = 0, b = 0] = await minerIds(catalog, 2);
    const request = lowRequest("BTC", NOON);
    const { requestId } = await save(catalog, request, [valid(a), invalid(b)]);
    const other = await save(catalog, lowRequest("ETH", NOON), [valid(a)]);
    assertEqual(
      await catalog.softDelete([requestId], deletion),
      [{ requestId, ok: true, changed: 2 }],
      "the first time",
    );
    const later = { reason: "light mode", atMs: NOW_MS + 1 };
    assertEqual(
      await catalog.softDelete([requestId], later),
      [{ requestId, ok: true, changed: 0 }],
      "the second time",
    );
    const rows = await catalog.readPredictions(requestId);
    assertEqual(
      rows.map(({ minerId, tileKey, deleted }) => [minerId, tileKey, deleted]),
      [
        [a, `tile#${a}`, { atMs: NOW_MS, reason: "thinned" }],
        [b, undefined, { atMs: NOW_MS, reason: "thinned" }],
      ],
      "tombstones",
    );
    assertEqual(
      (await catalog.readRequest(requestId))?.predictions,
      { valid: 0, invalid: 0, deleted: 2 },
      "what the request says",
    );
    assertEqual(await liveMiners(catalog, other.requestId), [a], "the other request");
  });

  add("requests that are not there are said to be, and stop no other", async (catalog) => {
    const [a = 0] = await minerIds(catalog, 1);
    const { requestId } = await save(catalog, lowRequest("BTC", NOON), [valid(a)]);
    const ids = ["nothing" as RequestId, requestId];
    assertEqual(
      showStatuses(await catalog.softDelete(ids, deletion)),
      ["no-such-request", "ok"],
      "deletion",
    );
    assertEqual(
      showStatuses(await catalog.restore(ids, since)),
      ["no-such-request", "ok"],
      "restoration",
    );
    const confirmed = ids.map((id) => ({ requestId: id, throughVersion: 1 }));
    assertEqual(
      showStatuses(await catalog.confirmDeletions(confirmed)),
      ["no-such-request", "invalid-argument"],
      "confirmation of what was not claimed",
    );
    assertEqual(await catalog.softDelete([], deletion), [], "nothing at all");
    await assertRejects(
      "no reason",
      () => catalog.softDelete(ids, { ...deletion, reason: "" }),
      "invalid-argument",
    );
  });

  add("a deletion is taken back, for those deleted since a time", async (catalog) => {
    const [a = 0, b = 0] = await minerIds(catalog, 2);
    const request = lowRequest("BTC", NOON);
    const { requestId } = await save(catalog, request, [valid(a)]);
    const before = await catalog.readPredictions(requestId);
    await catalog.softDelete([requestId], deletion);
    assertEqual(
      await catalog.restore([requestId], { deletedSinceMs: NOW_MS + 1 }),
      [{ requestId, ok: true, changed: 0 }],
      "a window that is too late",
    );
    assertEqual(
      await catalog.restore([requestId], { deletedSinceMs: NOW_MS }),
      [{ requestId, ok: true, changed: 1 }],
      "the window",
    );
    assertEqual(await catalog.readPredictions(requestId), before, "as it was");
    await save(catalog, request, [invalid(b)]);
    await catalog.softDelete([requestId], deletion);
    assertEqual((await catalog.restore([requestId], since))[0]?.ok, true, "with an invalid one");
    assertEqual(await liveMiners(catalog, requestId), [a, b], "both");
  });

  add("a repeated save brings nothing back, a higher version does", async (catalog) => {
    const [a = 0, b = 0] = await minerIds(catalog, 2);
    const request = lowRequest("BTC", NOON);
    const { requestId } = await save(catalog, request, [valid(a), valid(b)]);
    await catalog.softDelete([requestId], deletion);
    await save(catalog, request, [valid(a), valid(b)]);
    assertEqual(await liveMiners(catalog, requestId), [], "after the same save");
    await save(catalog, request, [valid(b)], 2);
    assertEqual(await liveMiners(catalog, requestId), [b], "after a higher one");
  });

  add("what is deleted is handed over, until it is confirmed", async (catalog) => {
    const [a = 0, b = 0] = await minerIds(catalog, 2);
    const request = lowRequest("BTC", NOON);
    const { requestId } = await save(catalog, request, [valid(a), invalid(b)], 3);
    await save(catalog, lowRequest("ETH", NOON), [valid(a)]);
    await catalog.softDelete([requestId], deletion);
    const claim = (deletedBeforeMs: number) =>
      collect(catalog.claimDeletions({ label: "low", deletedBeforeMs, atMs: NOW_MS + 5_000 }));
    assertEqual(await claim(NOW_MS), [], "before its time");
    const expected = [
      { requestId, request, throughVersion: 3, tiles: [{ minerId: a, tileKey: `tile#${a}` }] },
    ];
    assertEqual(await claim(NOW_MS + 1), expected, "the first time");
    assertEqual(await claim(0), expected, "again, since it was not confirmed");
    assertEqual(
      showStatuses(await catalog.restore([requestId], since)),
      ["not-restorable"],
      "too late to restore",
    );
    assertEqual(await liveMiners(catalog, requestId), [], "nothing came back");
    assertEqual(
      showStatuses(await catalog.confirmDeletions([{ requestId, throughVersion: 2 }])),
      ["invalid-argument"],
      "confirmation of another version",
    );
    for (const time of ["first", "second"]) {
      const statuses = await catalog.confirmDeletions([{ requestId, throughVersion: 3 }]);
      assertEqual(showStatuses(statuses), ["ok"], `the ${time} confirmation`);
    }
    assertEqual(await claim(NOW_MS + 10_000), [], "after it");
    assertEqual(
      showStatuses(await catalog.restore([requestId], since)),
      ["not-restorable"],
      "still gone",
    );
  });

  add("who saves what is being deleted does not bring it back", async (catalog) => {
    const [a = 0, b = 0] = await minerIds(catalog, 2);
    const request = lowRequest("BTC", NOON);
    const { requestId } = await save(catalog, request, [valid(a)], 2);
    await catalog.softDelete([requestId], deletion);
    const claim = { label: "low", deletedBeforeMs: NOW_MS + 1, atMs: NOW_MS + 1 };
    assertEqual((await collect(catalog.claimDeletions(claim))).length, 1, "claimed");
    // A replay of the publication that is being deleted, with a miner that was not saved then.
    await save(catalog, request, [valid(a), valid(b)], 2);
    assertEqual(await liveMiners(catalog, requestId), [], "nobody is sent to bytes that go");
    await save(catalog, request, [valid(b)], 3);
    assertEqual(
      await liveMiners(catalog, requestId),
      [b],
      "a new publication has bytes of its own",
    );
    assertEqual(await collect(catalog.claimDeletions(claim)), [], "nothing is handed over now");
    await catalog.softDelete([requestId], deletion);
    const [next] = await collect(catalog.claimDeletions(claim));
    assertEqual(next?.throughVersion, 3, "the next claim");
  });

  add("restoring and claiming at once never both succeed", async (catalog) => {
    const [a = 0] = await minerIds(catalog, 1);
    for (let round = 0; round < 8; round += 1) {
      const { requestId } = await save(catalog, lowRequest("BTC", NOON + round), [valid(a)]);
      await catalog.softDelete([requestId], deletion);
      const claim = { label: "low", deletedBeforeMs: NOW_MS + 1, atMs: NOW_MS + 1 };
      const [restored, claimed] = await Promise.all([
        catalog.restore([requestId], since),
        collect(catalog.claimDeletions(claim)),
      ]);
      const handedOver = claimed.some((entry) => entry.requestId === requestId);
      assertEqual(restored[0]?.ok, !handedOver, `restored, when handed over is ${handedOver}`);
      assertEqual(
        (await liveMiners(catalog, requestId)).length,
        handedOver ? 0 : 1,
        "what is alive then",
      );
    }
  });

  add("requests are thinned by the policy, once", async (catalog) => {
    const [a = 0] = await minerIds(catalog, 1);
    const hour = NOON - 10 * DAY;
    for (const [asset, start] of [
      ["BTC", hour + 600],
      ["BTC", hour],
      ["BTC", hour + 1_200],
      ["ETH", hour + 1_200],
      ["BTC", hour + 3_600],
      ["BTC", NOON],
    ] as const) {
      await save(catalog, lowRequest(asset, start), [valid(a)]);
    }
    const policy = { timeLengthSeconds: DAY, thinAfterSeconds: 1_800, bucketSeconds: 3_600 };
    const options = { label: "low", policy, nowMs: NOW_MS };
    assertEqual(showStatuses(await taper(catalog, options)), ["ok", "ok"], "thinned");
    assertEqual(
      (await namesOf(catalog.listRequests({ label: "low", alive: true }))).toSorted(),
      ["BTC+-860400", "BTC+-863400", "BTC+0", "ETH+-862800"],
      "what is left; the first saved of a bucket stays",
    );
    assertEqual(await taper(catalog, options), [], "the second time");
  });

  add("old history is cleaned up", async (catalog) => {
    const [a = 0] = await minerIds(catalog, 1);
    const ids: RequestId[] = [];
    for (const days of [30, 20, 5]) {
      const request = lowRequest("BTC", NOON - days * DAY);
      const { requestId } = await save(catalog, request, [valid(a)]);
      ids.push(requestId);
      const scores = [score(a, days)];
      await catalog.writeScores({ requestId, requestVersion: 1, scores, realizedPrices: [1] });
    }
    const options = { label: "low", retentionDays: 12, nowMs: NOW_MS };
    const result = await cleanUp(catalog, options);
    assertEqual(showStatuses(result.requests), ["ok", "ok"], "requests");
    assertEqual([result.droppedScores, result.droppedPrices], [1, 1], "scores and prices");
    const alive = await collect(catalog.listRequests({ label: "low", alive: true }));
    assertEqual(alive.map(nameOf), [`BTC+${-5 * DAY}`], "what is left");
    const [row] = await catalog.readPredictions(ids[0] as RequestId);
    assertEqual(row?.deleted, { atMs: NOW_MS, reason: "light mode" }, "the tombstone");
    assertEqual(
      (await collect(catalog.listScores({ label: "low" }))).length,
      2,
      "requests with scores",
    );
    const again = await cleanUp(catalog, options);
    assertEqual(
      [again.requests, again.droppedScores, again.droppedPrices],
      [[], 0, 0],
      "the second time",
    );
  });
}
