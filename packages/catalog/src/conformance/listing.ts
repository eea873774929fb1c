import { assertEqual, assertListingRejects, collect } from "./assertions.ts";
import type { AddCase } from "./conformance-case.ts";
import {
  DAY,
  highRequest,
  invalid,
  lowRequest,
  minerIds,
  namesOf,
  NOON,
  save,
  score,
  valid,
  writeScores,
} from "./samples.ts";

const deletion = { reason: "test", atMs: NOON * 1_000 };

export function listingCases(add: AddCase): void {
  add("requests of a label are listed, the latest start first, then by asset", async (catalog) => {
    for (const [asset, start] of [
      ["ETH", 0],
      ["BTC", 600],
      ["BTC", 0],
      ["XAU", 300],
    ] as const) {
      await save(catalog, lowRequest(asset, NOON + start), []);
    }
    await save(catalog, highRequest("BTC", NOON), []);
    assertEqual(
      await namesOf(catalog.listRequests({ label: "low" })),
      ["BTC+600", "XAU+300", "BTC+0", "ETH+0"],
      "all of low",
    );
    assertEqual(await namesOf(catalog.listRequests({ label: "high" })), ["BTC+0"], "of high");
    assertEqual(await namesOf(catalog.listRequests({ label: "lo" })), [], "another label");
    assertEqual(
      await namesOf(catalog.listRequests({ label: "low", asset: "BTC" })),
      ["BTC+600", "BTC+0"],
      "of an asset",
    );
    assertEqual(
      await namesOf(
        catalog.listRequests({
          label: "low",
          fromUnixSeconds: NOON,
          toUnixSeconds: NOON + 600,
        }),
      ),
      ["XAU+300", "BTC+0", "ETH+0"],
      "of a half-open range",
    );
    assertEqual(
      await namesOf(
        catalog.listRequests({ label: "low", fromUnixSeconds: NOON, toUnixSeconds: NOON }),
      ),
      [],
      "of an empty range",
    );
    assertEqual(
      await namesOf(
        catalog.listRequests({ label: "low", fromUnixSeconds: -5, toUnixSeconds: 2 ** 52 }),
      ),
      ["BTC+600", "XAU+300", "BTC+0", "ETH+0"],
      "of ends far away",
    );
  });

  add("batches of any size give the same list", async (catalog) => {
    for (let index = 0; index < 7; index += 1) {
      await save(
        catalog,
        lowRequest(["BTC", "ETH"][index % 2] ?? "", NOON + Math.floor(index / 2)),
        [],
      );
    }
    const expected = await namesOf(catalog.listRequests({ label: "low" }));
    assertEqual(expected.length, 7, "requests");
    for (const batchSize of [1, 2, 3, 7, 1_000]) {
      assertEqual(
        await namesOf(catalog.listRequests({ label: "low" }, { batchSize }), batchSize),
        expected,
        `batches of ${batchSize}`,
      );
    }
    for (const batchSize of [0, 1_001, 1.5]) {
      await assertListingRejects(
        `batches of ${batchSize}`,
        () => catalog.listRequests({ label: "low" }, { batchSize }),
        "invalid-argument",
      );
    }
  });

  add("requests can be told by whether they are scored, and whether alive", async (catalog) => {
    const [a = 0] = await minerIds(catalog, 1);
    const ids = [];
    for (const asset of ["A", "B", "C"]) {
      ids.push((await save(catalog, lowRequest(asset, NOON), [valid(a)])).requestId);
    }
    await save(catalog, lowRequest("D", NOON), []);
    const [first, second] = ids;
    if (first === undefined || second === undefined) throw new Error("no ids");
    await writeScores(catalog, first, score(a, 1));
    await catalog.softDelete([second], deletion);
    const list = (filter: object): Promise<readonly string[]> =>
      namesOf(catalog.listRequests({ label: "low", ...filter }));
    assertEqual(await list({ scored: true }), ["A+0"], "scored");
    assertEqual(await list({ scored: false }), ["B+0", "C+0", "D+0"], "not scored");
    assertEqual(await list({ alive: true }), ["A+0", "C+0"], "alive");
    assertEqual(await list({ alive: false }), ["B+0", "D+0"], "not alive");
    assertEqual(await list({ scored: false, alive: true }), ["C+0"], "both");
    const [listed] = await collect(catalog.listRequests({ label: "low", asset: "B" }));
    assertEqual(listed?.predictions, { valid: 0, invalid: 0, deleted: 1 }, "what is told of it");
  });

  add("requests become due 90 s after their end, before the window is over", async (catalog) => {
    const [a = 0] = await minerIds(catalog, 1);
    await save(catalog, lowRequest("BTC", NOON - DAY), [valid(a)]);
    const due = (scoredAtUnixSeconds: number, windowSeconds: number, settleSeconds?: number) =>
      namesOf(
        catalog.listScorable({ label: "low", scoredAtUnixSeconds, windowSeconds, settleSeconds }),
      );
    const tenDays = 10 * DAY;
    assertEqual(await due(NOON + 60, tenDays), [], "60 s after");
    assertEqual(await due(NOON + 90, tenDays), [], "90 s after");
    assertEqual(await due(NOON + 91, tenDays), ["BTC+-86400"], "91 s after");
    assertEqual(await due(NOON + 90 + tenDays, tenDays), ["BTC+-86400"], "the last second");
    assertEqual(await due(NOON + 91 + tenDays, tenDays), [], "a second too late");
    assertEqual(await due(NOON + 1, tenDays, 0), ["BTC+-86400"], "without settling");
    assertEqual(await due(NOON, tenDays, 0), [], "at the very end");
  });

  add("due requests come oldest first, unscored and alive only", async (catalog) => {
    const [a = 0] = await minerIds(catalog, 1);
    const start = NOON - 2 * DAY;
    const save1 = async (asset: string, at: number, rows = [valid(a)]) =>
      (await save(catalog, lowRequest(asset, at), rows)).requestId;
    await save1("ETH", start + 600);
    await save1("BTC", start + 300);
    const scored = await save1("XAU", start);
    const dead = await save1("SOL", start);
    await save1("NOROWS", start, []);
    await save1("INVALID", start + 900, [invalid(a)]);
    await save(catalog, highRequest("BTC", start), [valid(a)]);
    await writeScores(catalog, scored, score(a, 0));
    await catalog.softDelete([dead], deletion);
    const query = { label: "low", scoredAtUnixSeconds: NOON, windowSeconds: 10 * DAY };
    const expected = ["BTC+-172500", "ETH+-172200", "INVALID+-171900"];
    for (const batchSize of [1, 2, 100]) {
      assertEqual(
        await namesOf(catalog.listScorable(query, { batchSize }), batchSize),
        expected,
        `batches of ${batchSize}`,
      );
    }
    const restored = await catalog.restore([dead], { deletedSinceMs: 0 });
    assertEqual(restored[0]?.ok, true, "restored");
    assertEqual((await namesOf(catalog.listScorable(query)))[0], "SOL+-172800", "the restored one");
  });

  add("a request is due in part as long as anybody alive has no score", async (catalog) => {
    const [a = 0, b = 0, c = 0] = await minerIds(catalog, 3);
    const request = lowRequest("BTC", NOON - 2 * DAY);
    const { requestId } = await save(catalog, request, [valid(a), valid(b, 2)]);
    const query = { label: "low", scoredAtUnixSeconds: NOON, windowSeconds: 10 * DAY };
    const due = async (): Promise<readonly number[]> => [
      (await namesOf(catalog.listScorable(query))).length,
      (await namesOf(catalog.listScorable({ ...query, partly: true }))).length,
    ];
    assertEqual(await due(), [1, 1], "before");
    await writeScores(catalog, requestId, score(a, 1));
    assertEqual(await due(), [0, 1], "one has a score");
    assertEqual(await due(), [0, 1], "asked again");
    await writeScores(catalog, requestId, score(b, 2));
    assertEqual(await due(), [0, 0], "both have one");
    await save(catalog, request, [valid(c, 3)], 2);
    assertEqual(await due(), [0, 1], "another one came later");
    await catalog.softDelete([requestId], deletion);
    assertEqual(await due(), [0, 0], "nobody is alive");
  });

  add("wrong filters are refused by the first batch", async (catalog) => {
    for (const filter of [
      { label: "" },
      { label: "low", asset: "a b" },
      { label: "low", fromUnixSeconds: 0.5 },
      { label: "low", toUnixSeconds: Number.NaN },
    ]) {
      await assertListingRejects(
        JSON.stringify(filter),
        () => catalog.listRequests(filter),
        "invalid-argument",
      );
    }
    const query = { label: "low", scoredAtUnixSeconds: -1, windowSeconds: 1 };
    await assertListingRejects("a time", () => catalog.listScorable(query), "invalid-argument");
  });
}
