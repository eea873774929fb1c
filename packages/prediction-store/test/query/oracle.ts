import { array, constantFrom, integer, nat, record, tuple, type Arbitrary } from "fast-check";
import type { BlobStore } from "@foretile/storage";
import { requestKey, type ForecastRequest, type StepRange } from "../../src/index.ts";
import type { PublishedRequest, TileFinding } from "../../src/index.ts";
import { openTestStore, request, type TestStore } from "../store/open-test-store.ts";

/** Tiles of one request, by miner. */
export interface Ensemble {
  readonly request: ForecastRequest;
  readonly tiles: ReadonlyMap<number, Float32Array<ArrayBuffer>>;
}

/** Few prices, so that many lie on the level 100, and what an importer may have let through. */
const price = constantFrom(
  ...[98, 99, 100, 100, 101, 102, 16_000.1, 0, -0, Number.NaN, Infinity, -Infinity].map(
    Math.fround,
  ),
);

/** Prices that can be calculated with. */
const finitePrice = constantFrom(...[98.7, 99, 100, 101.3, 16_000.1, 3e-30, 3e30].map(Math.fround));

export function ensembles(prices: Arbitrary<number> = price): Arbitrary<Ensemble> {
  return tuple(integer({ min: 1, max: 5 }), constantFrom(2, 31, 32, 33, 64, 65, 70), nat(3)).chain(
    ([simulations, steps, miners]) => {
      const length = simulations * steps;
      const tile = array(prices, { minLength: length, maxLength: length });
      return array(tile, { minLength: miners, maxLength: miners }).map((tiles) => ({
        request: { ...request, simulations, timeLengthSeconds: 300 * (steps - 1) },
        tiles: new Map(tiles.map((values, index) => [index + 1, Float32Array.from(values)])),
      }));
    },
  );
}

export const finiteEnsembles: Arbitrary<Ensemble> = ensembles(finitePrice);

/** Ends of a range of steps, to be fitted to a request. */
export const rangeEnds: Arbitrary<{ readonly a: number; readonly b: number }> = record({
  a: nat(1000),
  b: nat(1000),
});

export function rangeOf(
  ends: { readonly a: number; readonly b: number },
  steps: number,
): StepRange {
  const [a, b] = [ends.a % steps, ends.b % steps];
  return { from: Math.min(a, b), to: Math.max(a, b) + 1 };
}

export async function publishEnsemble(
  { request: of, tiles }: Ensemble,
  options?: Parameters<typeof openTestStore>[0],
): Promise<TestStore & { readonly published: PublishedRequest }> {
  const opened = await openTestStore(options);
  const answers = [...tiles].map(([minerId, tile]) => ({
    minerUid: minerId,
    minerId,
    processTimeSeconds: 1,
    outcome: { status: "valid", tile } as const,
  }));
  await opened.predictions.publish(of, answers);
  return { ...opened, published: await opened.predictions.read(requestKey(of)) };
}

/** Everything materialised: `paths[simulation][step]`. */
export function pathsOf({ request: of, tiles }: Ensemble, minerId: number): number[][] {
  const tile = tiles.get(minerId) ?? new Float32Array();
  return Array.from({ length: of.simulations }, (_, simulation) =>
    [...tile].filter((_value, index) => index % of.simulations === simulation),
  );
}

/** What was found, by miner. */
export async function collect<T>(
  findings: AsyncIterable<TileFinding<T>>,
): Promise<Map<number, T | Error>> {
  const byMiner = new Map<number, T | Error>();
  for await (const finding of findings) {
    byMiner.set(finding.answer.minerId, finding.error ?? finding.found);
  }
  return byMiner;
}

/** Notes which segments are read. */
export function countingReads(reads: string[]): (blobs: BlobStore) => BlobStore {
  return (blobs) => ({
    capabilities: blobs.capabilities,
    putNew: blobs.putNew.bind(blobs),
    deleteMany: blobs.deleteMany.bind(blobs),
    list: blobs.list.bind(blobs),
    get: (key, options) => {
      if (key.startsWith("s/")) reads.push(key);
      return blobs.get(key, options);
    },
  });
}
