import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  isCatalogError,
  planTapering,
  type RequestId,
  type TaperingCandidate,
} from "../../src/index.ts";

const policy = { timeLengthSeconds: 1_000, thinAfterSeconds: 100, bucketSeconds: 60 };
const alive = { valid: 1, invalid: 0, deleted: 0 };

const candidates = fc
  .array(
    fc.record({
      asset: fc.constantFrom("BTC", "ETH"),
      startUnixSeconds: fc.integer({ min: 0, max: 2_000 }),
      predictions: fc.constantFrom(alive, { valid: 0, invalid: 0, deleted: 1 }),
    }),
    { maxLength: 60 },
  )
  .map((list) =>
    list.map((facts, order): TaperingCandidate => ({
      ...facts,
      order,
      id: `r${order}` as RequestId,
    })),
  );

test("of each bucket one stays, the youngest are left alone, and so is each asset's latest", () => {
  fc.assert(
    fc.property(candidates, fc.integer({ min: 0, max: 3_000 }), (requests, now) => {
      const thinned = new Set(planTapering(requests, policy, now));
      for (const request of requests) {
        const peers = requests.filter(
          ({ asset, startUnixSeconds: start }) =>
            asset === request.asset &&
            start < now - 100 &&
            Math.floor(start / 60) === Math.floor(request.startUnixSeconds / 60),
        );
        const latest = requests.every(
          ({ asset, startUnixSeconds: start, order }) =>
            asset !== request.asset ||
            start < request.startUnixSeconds ||
            (start === request.startUnixSeconds && order >= request.order),
        );
        const stays =
          request.predictions.valid === 0 ||
          request.startUnixSeconds >= now - 100 ||
          peers.every(({ order }) => order >= request.order) ||
          (latest && request.startUnixSeconds > now - 1_000);
        expect(thinned.has(request.id)).toBe(!stays);
      }
    }),
  );
});

test("a salt names the keeper by the hash of the id and the salt", () => {
  const requests = [1, 2, 3, 4, 5].map((order): TaperingCandidate => ({
    id: String(order) as RequestId,
    order,
    asset: "BTC",
    startUnixSeconds: order,
    predictions: alive,
  }));
  for (const salt of ["a", "b", "c"]) {
    const keeper = requests.toSorted((a, b) => (hash(a.id + salt) < hash(b.id + salt) ? -1 : 1))[0];
    const thinned = planTapering(requests, { ...policy, keeper: { salt } }, 10_000);
    expect(thinned).toEqual(requests.map(({ id }) => id).filter((id) => id !== keeper?.id));
  }
});

test.each([
  { bucketSeconds: 0 },
  { thinAfterSeconds: -1 },
  { timeLengthSeconds: Number.NaN },
  { keeper: { salt: "" } },
])("a policy with %o is refused", (change) => {
  expect(() => planTapering([], { ...policy, ...change }, 0)).toThrow(
    expect.toSatisfy((error) => isCatalogError(error, "invalid-argument")),
  );
});

function hash(text: string): string {
  return createHash("md5").update(text).digest("hex");
}
