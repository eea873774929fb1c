import { openMemoryStore } from "@foretile/storage/memory";
import { createLibrary } from "@foretile/version-store";
import { beforeAll, describe, expect, test } from "vitest";
import { SYNTH_LOW } from "../src/label/synth-labels.ts";
import { queryCrossings } from "../src/query/query-crossings.ts";
import { requestKey } from "../src/request/request-key.ts";
import { stepCount } from "../src/request/forecast-request.ts";
import { openPredictionStore } from "../src/store/prediction-store.ts";
import type { PublishedRequest } from "../src/store/published-request.ts";

// Paths of a request that cross a level: looked at panel by panel, and with every tile made first. 50 tiles of 1000
// paths of 289 prices of 8 digits, in memory, packed.

const MINERS = 50;
const LEVEL = 16_080;
const request = { ...SYNTH_LOW, asset: "BTC", startUnixSeconds: 1_512_475_200 };
const steps = stepCount(request);
const { simulations } = request;
const hour = { from: 0, to: 13 };
let published: PublishedRequest;

beforeAll(async () => {
  const library = await createLibrary({
    store: openMemoryStore(),
    composition: { placement: "packs" },
  });
  const predictions = await openPredictionStore({ library });
  await predictions.publish(request, answers());
  published = await predictions.read(requestKey(request));
});

function* answers() {
  // A linear congruential generator (Numerical Recipes), for the same paths in every run.
  let state = 2026;
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  for (let minerId = 0; minerId < MINERS; minerId += 1) {
    const tile = new Float32Array(simulations * steps);
    for (let path = 0; path < simulations; path += 1) {
      let price = 16_000;
      for (let step = 0; step < steps; step += 1) {
        price *= 1 + draw() * 0.002;
        tile[step * simulations + path] = Number(price.toPrecision(8));
      }
    }
    const outcome = { status: "valid", tile } as const;
    yield { minerUid: minerId, minerId, processTimeSeconds: 1, outcome };
  }
}

/** How many paths of the request cross, found on panels. */
async function crossingsOnPanels(window: { from: number; to: number }): Promise<number> {
  let crossed = 0;
  const query = { level: LEVEL, direction: "up", steps: window } as const;
  for await (const { found } of queryCrossings(published, query)) {
    crossed += found?.simulations.length ?? 0;
  }
  return crossed;
}

/** The same with every tile made, and its paths gone through one by one. */
async function crossingsOnTiles({ from, to }: { from: number; to: number }): Promise<number> {
  let crossed = 0;
  for await (const { values } of published.tiles()) {
    if (values === undefined) continue;
    const priceAt = (path: number, step: number): number => values[step * simulations + path] ?? 0;
    for (let path = 0; path < simulations; path += 1) {
      for (let step = from + 1; step < to; step += 1) {
        if (priceAt(path, step - 1) < LEVEL && priceAt(path, step) >= LEVEL) {
          crossed += 1;
          break;
        }
      }
    }
  }
  return crossed;
}

const windows = { "the first hour": hour, "all 24 hours": { from: 0, to: steps } };

test.each(Object.entries(windows))("crossings of %s are the same", async (name, window) => {
  const onPanels = await crossingsOnPanels(window);
  expect(onPanels).toBe(await crossingsOnTiles(window));
  console.log(`${onPanels} of ${MINERS * simulations} paths cross in ${name}`);
});

describe.each(Object.entries(windows))("crossings of %s", (_name, window) => {
  test("panels and tiles", async ({ bench }) => {
    await bench.compare(
      bench("looking at panels", async () => void (await crossingsOnPanels(window))),
      bench("making every tile", async () => void (await crossingsOnTiles(window))),
    );
  }, 120_000);
});
