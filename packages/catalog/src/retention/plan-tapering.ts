import { createHash } from "node:crypto";
import { CatalogError } from "../catalog-error.ts";
import { isAlive, type CatalogRequest, type RequestId } from "../records/request.ts";

/**
 * Which request of a bucket stays.
 *
 * - `first`: the one that was saved first. Miners can tell which one that will be.
 * - a salt: the one with the smallest MD5 of its id followed by the salt, so that nobody without the salt can.
 */
export type KeeperRule = "first" | { readonly salt: string };

/** How requests of a label are thinned once they are old enough. */
export interface TaperingPolicy {
  /** Seconds of the label's horizon: as long as a request can be someone's newest forecast. */
  readonly timeLengthSeconds: number;
  /** Seconds after its start from which a request may be thinned; not before. */
  readonly thinAfterSeconds: number;
  /** Of the requests of one asset whose starts lie in one bucket of so many seconds, one stays. */
  readonly bucketSeconds: number;
  /** Default `first`. */
  readonly keeper?: KeeperRule | undefined;
}

/** What tapering needs to know about a request. */
export type TaperingCandidate = Pick<
  CatalogRequest,
  "id" | "order" | "asset" | "startUnixSeconds" | "predictions"
>;

/**
 * The requests that a policy thins at a time: in each bucket of an asset all but the keeper. Only requests that started
 * more than `thinAfterSeconds` ago take part; buckets are counted from 1970. The latest request of an asset stays as long
 * as its horizon is not over, so that there is always a forecast. Requests of which nothing is alive may be the
 * keepers of their buckets, but are not named.
 *
 * @param requests all requests of one label, or all from the start of a bucket on, in any order
 * @returns ids, in the order given
 * @throws {CatalogError} `invalid-argument` for a policy out of range
 */
export function planTapering(
  requests: readonly TaperingCandidate[],
  policy: TaperingPolicy,
  nowUnixSeconds: number,
): RequestId[] {
  checkPolicy(policy);
  const { thinAfterSeconds, timeLengthSeconds, bucketSeconds, keeper = "first" } = policy;
  const bucketOf = ({ asset, startUnixSeconds }: TaperingCandidate): string =>
    `${Math.floor(startUnixSeconds / bucketSeconds)} ${asset}`;
  const candidates = requests.filter(
    ({ startUnixSeconds }) => startUnixSeconds < nowUnixSeconds - thinAfterSeconds,
  );
  const keepers = new Set(
    Array.from(Map.groupBy(candidates, bucketOf).values(), (bucket) => keeperOf(bucket, keeper)),
  );
  for (const own of Map.groupBy(requests, ({ asset }) => asset).values()) {
    const latest = latestOf(own);
    if (latest.startUnixSeconds > nowUnixSeconds - timeLengthSeconds) keepers.add(latest);
  }
  return candidates
    .filter((candidate) => !keepers.has(candidate) && isAlive(candidate))
    .map(({ id }) => id);
}

function keeperOf(bucket: readonly TaperingCandidate[], rule: KeeperRule): TaperingCandidate {
  if (rule === "first") return bucket.reduce((a, b) => (b.order < a.order ? b : a));
  const rank = new Map(bucket.map((candidate) => [candidate, saltedHash(candidate.id, rule.salt)]));
  return bucket.reduce((a, b) => ((rank.get(b) ?? "") < (rank.get(a) ?? "") ? b : a));
}

/** Of two that start together the one that was saved first. */
function latestOf(requests: readonly TaperingCandidate[]): TaperingCandidate {
  return requests.reduce((a, b) => {
    const difference = b.startUnixSeconds - a.startUnixSeconds || a.order - b.order;
    return difference > 0 ? b : a;
  });
}

function saltedHash(id: RequestId, salt: string): string {
  return createHash("md5").update(`${id}${salt}`).digest("hex");
}

function checkPolicy(policy: TaperingPolicy): void {
  const { timeLengthSeconds, thinAfterSeconds, bucketSeconds, keeper = "first" } = policy;
  for (const [name, value, min] of [
    ["time length", timeLengthSeconds, 1],
    ["thin after", thinAfterSeconds, 0],
    ["bucket", bucketSeconds, 1],
  ] as const) {
    if (Number.isFinite(value) && value >= min) continue;
    throw new CatalogError(
      "invalid-argument",
      `${name} of a policy must be at least ${min} seconds value=${value}`,
    );
  }
  if (keeper !== "first" && keeper.salt === "") {
    throw new CatalogError("invalid-argument", "the salt of a keeper rule must not be empty");
  }
}
