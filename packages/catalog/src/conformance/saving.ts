import type { RequestSave } from "../records/prediction.ts";
import type { RequestId } from "../records/request.ts";
import { assert, assertEqual, assertRejects, codeOf, collect } from "./assertions.ts";
import type { AddCase } from "./conformance-case.ts";
import { highRequest, invalid, lowRequest, minerIds, NOON, save, valid } from "./samples.ts";

export function savingCases(add: AddCase): void {
  add("what was saved is read back", async (catalog) => {
    const [a = 0, b = 0] = await minerIds(catalog, 2);
    const saved = await catalog.saveRequest({
      request: lowRequest("BTC", NOON),
      requestedUnixSeconds: NOON - 100,
      version: 3,
      predictions: [invalid(b, 7), valid(a, 6)],
    });
    assertEqual(
      [saved.created, saved.written, saved.refused],
      [true, 2, []],
      "what became of the save",
    );
    const request = await catalog.readRequest(saved.requestId);
    assert(request !== undefined, "the request is there");
    assertEqual(
      { ...request, order: 0, savedAtMs: 0 },
      {
        id: saved.requestId,
        ...lowRequest("BTC", NOON),
        order: 0,
        requestedUnixSeconds: NOON - 100,
        version: 3,
        savedAtMs: 0,
        predictions: { valid: 1, invalid: 1, deleted: 0 },
        scored: false,
      },
      "the request",
    );
    assert(Number.isInteger(request.savedAtMs) && request.savedAtMs > 0, "the time of the save");
    assertEqual(await catalog.findRequest(lowRequest("BTC", NOON)), request, "by its address");
    const predictions = await catalog.readPredictions(saved.requestId);
    assertEqual(
      predictions.map((prediction) => ({ ...prediction, savedAtMs: 0 })),
      [
        { ...valid(a, 6), place: "store", version: 3, savedAtMs: 0 },
        { ...invalid(b, 7), place: "none", version: 3, savedAtMs: 0 },
      ],
      "predictions, by miner id",
    );
  });

  add("a repeated save is the same request, and changes nothing", async (catalog) => {
    const [a = 0] = await minerIds(catalog, 1);
    const first = await save(catalog, lowRequest("BTC", NOON), [valid(a)]);
    const before = await catalog.readRequest(first.requestId);
    const again = await save(catalog, lowRequest("BTC", NOON), [valid(a)]);
    assertEqual(
      again,
      { requestId: first.requestId, created: false, written: 0, refused: [] },
      "the second save",
    );
    assertEqual(await catalog.readRequest(first.requestId), before, "the request");
    assertEqual((await catalog.readPredictions(first.requestId)).length, 1, "predictions");
  });

  add("label, asset and start together name a request", async (catalog) => {
    const ids = new Set<RequestId>();
    for (const request of [
      lowRequest("BTC", NOON),
      lowRequest("ETH", NOON),
      lowRequest("BTC", NOON + 60),
      highRequest("BTC", NOON),
    ]) {
      ids.add((await save(catalog, request, [])).requestId);
    }
    assertEqual(ids.size, 4, "different requests");
  });

  add("later saves add miners, and higher versions replace", async (catalog) => {
    const [a = 0, b = 0, c = 0] = await minerIds(catalog, 3);
    const request = lowRequest("BTC", NOON);
    const { requestId } = await save(catalog, request, [valid(a), invalid(b)], 2);
    assertEqual((await save(catalog, request, [invalid(a), valid(c)], 1)).written, 1, "lower");
    assertEqual((await save(catalog, request, [valid(b)], 4)).written, 1, "higher");
    const predictions = await catalog.readPredictions(requestId);
    assertEqual(
      predictions.map(({ minerId, tileKey, version }) => [minerId, tileKey, version]),
      [
        [a, `tile#${a}`, 2],
        [b, `tile#${b}`, 4],
        [c, `tile#${c}`, 1],
      ],
      "predictions",
    );
    assertEqual((await catalog.readRequest(requestId))?.version, 4, "the request's version");
  });

  add("saves in any order, each repeated, end alike", async (catalog) => {
    const [a = 0, b = 0] = await minerIds(catalog, 2);
    const saves: readonly (readonly [number, "valid" | "invalid", number])[] = [
      [a, "valid", 1],
      [a, "invalid", 3],
      [b, "invalid", 2],
      [b, "valid", 1],
    ];
    const ends = [];
    for (const order of [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [1, 3, 0, 2, 1, 0, 3],
    ]) {
      const request = lowRequest("BTC", NOON + ends.length * 60);
      for (const index of order) {
        const [minerId, kind, version] = saves[index] ?? saves[0] ?? [0, "valid", 1];
        const row = kind === "valid" ? valid(minerId) : invalid(minerId);
        await save(catalog, request, [row], version);
      }
      const found = await catalog.findRequest(request);
      assert(found !== undefined, "the request is there");
      const rows = await catalog.readPredictions(found.id);
      ends.push([
        found.version,
        rows.map((row) => [row.minerId, row.formatValidation, row.version]),
      ]);
    }
    assertEqual(ends[1], ends[0], "the second order");
    assertEqual(ends[2], ends[0], "the third order");
  });

  add("parallel saves of one request make one request", async (catalog) => {
    const ids = await minerIds(catalog, 8);
    const request = lowRequest("BTC", NOON);
    const saved = await Promise.all(
      ids.map((id, index) => {
        const rows = [valid(id), valid(ids[0] ?? id)].slice(0, index === 0 ? 1 : 2);
        return save(catalog, request, rows, index + 1);
      }),
    );
    assertEqual(new Set(saved.map(({ requestId }) => requestId)).size, 1, "ids of the request");
    assertEqual(saved.filter(({ created }) => created).length, 1, "saves that created it");
    const [listed] = await collect(catalog.listRequests({ label: "low" }));
    assertEqual(listed?.predictions, { valid: 8, invalid: 0, deleted: 0 }, "predictions");
    assertEqual(listed?.version, 8, "the request's version");
    const [first] = await catalog.readPredictions(listed?.id as RequestId);
    assertEqual(first?.version, 8, "the version of the row that all wrote");
  });

  add("other sizes are refused, and nothing changes", async (catalog) => {
    const [a = 0] = await minerIds(catalog, 1);
    const request = lowRequest("BTC", NOON);
    const { requestId } = await save(catalog, request, []);
    for (const change of [{ simulations: 100 }, { timeIncrementSeconds: 600 }]) {
      await assertRejects(
        JSON.stringify(change),
        () => save(catalog, { ...request, ...change }, [valid(a)], 2),
        "request-mismatch",
      );
    }
    assertEqual(await catalog.readPredictions(requestId), [], "predictions");
    assertEqual((await catalog.readRequest(requestId))?.version, 1, "version");
  });

  add("a bad row is refused alone", async (catalog) => {
    const [a = 0, b = 0, c = 0, d = 0] = await minerIds(catalog, 4);
    const unknown = a + b + c + d + 1_000_000;
    const saved = await catalog.saveRequest({
      request: lowRequest("BTC", NOON),
      version: 1,
      predictions: [
        { ...valid(a), tileKey: undefined },
        valid(b),
        { ...valid(c), processTimeSeconds: Number.NaN },
        { ...invalid(d), tileKey: "tile" },
        valid(unknown),
      ],
    });
    assertEqual(
      saved.refused
        .map(({ minerId, error }) => [minerId, codeOf(error)])
        .sort(([left], [right]) => Number(left) - Number(right)),
      [
        [a, "invalid-prediction"],
        [c, "invalid-prediction"],
        [d, "invalid-prediction"],
        [unknown, "unknown-miner"],
      ],
      "refused rows",
    );
    assertEqual(saved.written, 1, "rows written");
    const rows = await catalog.readPredictions(saved.requestId);
    assertEqual(
      rows.map(({ minerId }) => minerId),
      [b],
      "rows read",
    );
  });

  add("a reason holds whatever a miner sent, cut to its bound", async (catalog) => {
    const [a = 0, b = 0, c = 0] = await minerIds(catalog, 3);
    const odd = "\0 \u{1F600} \uD800 'quoted' \\ \u0001 %s $1";
    const { requestId } = await save(catalog, lowRequest("BTC", NOON), [
      { ...invalid(a), formatValidation: odd },
      { ...invalid(b), formatValidation: "x".repeat(5_000) },
      { ...invalid(c), formatValidation: "" },
    ]);
    const rows = await catalog.readPredictions(requestId);
    assertEqual(
      rows.map(({ formatValidation }) => formatValidation),
      ["\uFFFD \u{1F600} \uFFFD 'quoted' \\ \u0001 %s $1", "x".repeat(500), "unknown"],
      "reasons",
    );
  });

  add("wrong requests are refused as a whole", async (catalog) => {
    const request = lowRequest("BTC", NOON);
    const wrong: readonly (readonly [Partial<RequestSave>, string])[] = [
      [{ request: { ...request, asset: "" } }, "invalid-request"],
      [{ request: { ...request, asset: "B TC" } }, "invalid-request"],
      [{ request: { ...request, label: "x".repeat(33) } }, "invalid-request"],
      [{ request: { ...request, startUnixSeconds: NOON + 0.5 } }, "invalid-request"],
      [{ request: { ...request, startUnixSeconds: -1 } }, "invalid-request"],
      [{ request: { ...request, simulations: 0 } }, "invalid-request"],
      [{ request: { ...request, timeIncrementSeconds: 0 } }, "invalid-request"],
      [{ request: { ...request, timeLengthSeconds: 299 } }, "invalid-request"],
      [{ version: 0 }, "invalid-argument"],
      [{ version: 1.5 }, "invalid-argument"],
      [{ predictions: [valid(1), valid(1)] }, "invalid-argument"],
      [{ requestedUnixSeconds: Number.NaN }, "invalid-request"],
    ];
    for (const [change, code] of wrong) {
      await assertRejects(
        JSON.stringify(change),
        () => catalog.saveRequest({ request, version: 1, predictions: [], ...change }),
        code,
      );
    }
    assertEqual(await collect(catalog.listRequests({ label: "low" })), [], "requests");
  });

  add("what is not there is undefined, or said to be missing", async (catalog) => {
    assertEqual(await catalog.findRequest(lowRequest("BTC", NOON)), undefined, "an address");
    for (const id of ["low/BTC#1779710400", "999999999", "", "-1", "nonsense"] as RequestId[]) {
      assertEqual(await catalog.readRequest(id), undefined, `the id ${JSON.stringify(id)}`);
      await assertRejects(
        "predictions of nothing",
        () => catalog.readPredictions(id),
        "no-such-request",
      );
    }
  });

  add("the order of a label's and asset's saves can be told", async (catalog) => {
    const orders: number[] = [];
    for (const start of [NOON + 600, NOON, NOON + 300]) {
      await save(catalog, lowRequest("BTC", start), []);
      orders.push((await catalog.findRequest(lowRequest("BTC", start)))?.order ?? -1);
    }
    assert(
      orders.every((order, index) => index === 0 || order > (orders[index - 1] ?? Infinity)),
      `the order rises with each saved request: ${orders.join()}`,
    );
  });
}
