import * as fc from "fast-check";
import { expect } from "vitest";
import type { Catalog, RequestId } from "../../src/index.ts";
import { collect } from "../../src/conformance/assertions.ts";
import {
  DAY,
  invalid,
  lowRequest,
  minerIds,
  NOON,
  score,
  valid,
} from "../../src/conformance/samples.ts";
import { ModelCatalog } from "./model-catalog.ts";

const START = NOON - 2 * DAY;
const SCORED_AT = NOON + 200;
const WINDOW = DAY + 300;
const MINERS = 3;

const asset = fc.constantFrom("BTC", "ETH");
const start = fc.integer({ min: 0, max: 4 }).map((index) => START + index * 150);
const version = fc.integer({ min: 1, max: 3 });
const time = fc.integer({ min: 1, max: 5 });
const miner = fc.integer({ min: 0, max: MINERS - 1 });
const value = fc.constantFrom(0, 1, 2.5, Number.NaN, Infinity);

const step = fc.oneof(
  fc.record({
    type: fc.constant("save"),
    asset,
    start,
    version,
    rows: fc.dictionary(miner.map(String), fc.boolean(), { maxKeys: MINERS }),
  }),
  fc.record({
    type: fc.constant("score"),
    asset,
    start,
    scores: fc.dictionary(miner.map(String), value, { maxKeys: MINERS }),
  }),
  fc.record({ type: fc.constant("remove"), asset, start, time }),
  fc.record({ type: fc.constant("restore"), asset, start }),
  fc.record({ type: fc.constant("claim"), time }),
  fc.record({ type: fc.constant("confirm"), asset, start, version }),
  fc.record({ type: fc.constant("drop"), start }),
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/**
 * Runs random histories on fresh catalogs and compares all that readers see with a plain model, after each step.
 *
 * @returns how many there were
 */
export async function checkHistories(
  open: () => Promise<Catalog>,
  parameters: fc.Parameters<[Step[]]>,
): Promise<number> {
  let histories = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      await using catalog = await open();
      const ids = await minerIds(catalog, MINERS);
      const model = new ModelCatalog(DAY);
      for (const one of steps) {
        await perform(catalog, model, ids, one);
        expect(await stateOf(catalog)).toEqual(model.state(SCORED_AT, WINDOW));
      }
      histories += 1;
    }),
    parameters,
  );
  return histories;
}

async function perform(
  catalog: Catalog,
  model: ModelCatalog,
  ids: readonly number[],
  one: Step,
): Promise<void> {
  switch (one.type) {
    case "save": {
      const predictions = Object.entries(one.rows).map(([index, isValid]) =>
        (isValid ? valid : invalid)(ids[Number(index)] ?? 0),
      );
      const request = lowRequest(one.asset, one.start);
      await catalog.saveRequest({ request, version: one.version, predictions });
      model.save(one.asset, one.start, predictions, one.version);
      return;
    }
    case "score": {
      const values = Object.entries(one.scores).map(([index, own]): [number, number] => [
        ids[Number(index)] ?? 0,
        own,
      ]);
      const id = await idOf(catalog, one);
      if (id === undefined) return;
      const scores = values.map(([minerId, own]) => score(minerId, own));
      await catalog.writeScores({ requestId: id, requestVersion: 1, scores });
      model.score(one.asset, one.start, new Map(values));
      return;
    }
    case "remove": {
      const id = await idOf(catalog, one);
      if (id !== undefined) await catalog.softDelete([id], { reason: "test", atMs: one.time });
      model.remove(one.asset, one.start, one.time);
      return;
    }
    case "restore": {
      const id = await idOf(catalog, one);
      if (id !== undefined) await catalog.restore([id], { deletedSinceMs: 0 });
      model.restore(one.asset, one.start);
      return;
    }
    case "claim": {
      const claim = { label: "low", deletedBeforeMs: one.time, atMs: 0 };
      const handed = await collect(catalog.claimDeletions(claim));
      const names = handed.map(
        ({ request, throughVersion }) =>
          `${request.asset}+${request.startUnixSeconds}@${throughVersion}`,
      );
      expect(names.sort()).toEqual(model.claim(one.time));
      return;
    }
    case "confirm": {
      const id = await idOf(catalog, one);
      if (id !== undefined) {
        await catalog.confirmDeletions([{ requestId: id, throughVersion: one.version }]);
      }
      model.confirm(one.asset, one.start, one.version);
      return;
    }
    case "drop": {
      const beforeUnixSeconds = one.start + DAY;
      await catalog.dropScores({ label: "low", beforeUnixSeconds });
      model.drop(beforeUnixSeconds);
    }
  }
}

async function idOf(
  catalog: Catalog,
  one: { readonly asset: string; readonly start: number },
): Promise<RequestId | undefined> {
  return (await catalog.findRequest(lowRequest(one.asset, one.start)))?.id;
}

async function stateOf(catalog: Catalog): Promise<unknown> {
  const requests = await collect(catalog.listRequests({ label: "low" }));
  const query = { label: "low", scoredAtUnixSeconds: SCORED_AT, windowSeconds: WINDOW };
  const due = new Set((await collect(catalog.listScorable(query))).map(({ id }) => id));
  const scores = new Map(
    (await collect(catalog.listScores({ label: "low" }))).map((entry) => [
      entry.requestId,
      entry.scores.map(({ minerId, promptScore }) => [minerId, promptScore]),
    ]),
  );
  return Promise.all(
    requests.map(async (request) => {
      const rows = await catalog.readPredictions(request.id);
      return {
        name: `${request.asset}+${request.startUnixSeconds}`,
        version: request.version,
        rows: rows.map((row) => [
          row.minerId,
          row.formatValidation,
          row.version,
          row.deleted !== undefined,
        ]),
        scores: scores.get(request.id) ?? [],
        due: due.has(request.id),
      };
    }),
  );
}
