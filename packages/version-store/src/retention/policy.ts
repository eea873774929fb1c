import { VersionStoreError } from "../version-store-error.ts";

/**
 * Which versions of a symbol stay. A version stays when any of the rules keeps it. Whatever the rules say, these stay as
 * well: what a snapshot pins, the newest version, and the newest `delete`.
 *
 * Ages are those of the versions' own times. Only the versions that are there count: a `delete` counts for the rules
 * about time, since it tells what was the newest, but not as one of the last versions.
 */
export interface RetentionPolicy {
  /** Keeps so many newest versions that have a value; at least 1. */
  readonly keepLast?: number | undefined;
  /** Keeps what is younger than this, in milliseconds. */
  readonly keepForMs?: number | undefined;
  /** Keeps the newest version of every stretch of time. */
  readonly keepEvery?: KeepEvery | undefined;
  /**
   * Keeps what is younger than this, in milliseconds, and the newest of what is older: so what was the newest at any
   * time since then can still be read.
   */
  readonly keepNewestOlderThanMs?: number | undefined;
}

export interface KeepEvery {
  /** Length of a stretch in milliseconds, counted from 1970-01-01T00:00:00Z: with 86 400 000, days in UTC. */
  readonly bucketMs: number;
  /** Only versions younger than this, in milliseconds. Default: however old. */
  readonly forMs?: number | undefined;
}

const rules: ReadonlySet<string> = new Set<keyof RetentionPolicy>([
  "keepLast",
  "keepForMs",
  "keepEvery",
  "keepNewestOlderThanMs",
]);

const keepEveryRules: ReadonlySet<string> = new Set<keyof KeepEvery>(["bucketMs", "forMs"]);

/**
 * Checks a policy. A rule that is not known is refused, since without it too much would be removed.
 *
 * @throws {VersionStoreError} `invalid-argument`
 */
export function checkPolicy(policy: RetentionPolicy): void {
  const { keepLast, keepForMs, keepEvery, keepNewestOlderThanMs } = policy;
  refuseUnknown(policy, rules);
  if ([keepLast, keepForMs, keepEvery, keepNewestOlderThanMs].every((rule) => rule === undefined)) {
    throw new VersionStoreError(
      "invalid-argument",
      "a retention policy without a rule would keep nothing; say what to keep",
    );
  }
  if (keepLast !== undefined) checkWhole("keepLast", keepLast, 1);
  if (keepForMs !== undefined) checkWhole("keepForMs", keepForMs, 0);
  if (keepEvery !== undefined) checkKeepEvery(keepEvery);
  if (keepNewestOlderThanMs !== undefined) {
    checkWhole("keepNewestOlderThanMs", keepNewestOlderThanMs, 0);
  }
}

function checkKeepEvery(keepEvery: KeepEvery): void {
  const { bucketMs, forMs } = keepEvery;
  refuseUnknown(keepEvery, keepEveryRules);
  checkWhole("keepEvery.bucketMs", bucketMs, 1);
  if (forMs !== undefined) checkWhole("keepEvery.forMs", forMs, 0);
}

function refuseUnknown(value: object, known: ReadonlySet<string>): void {
  const unknown = Object.keys(value).find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw new VersionStoreError(
    "invalid-argument",
    `retention policy has an unknown rule rule=${JSON.stringify(unknown)}`,
  );
}

function checkWhole(name: string, value: number, minimum: number): void {
  if (Number.isSafeInteger(value) && value >= minimum) return;
  throw new VersionStoreError(
    "invalid-argument",
    `retention policy needs a whole number of at least ${minimum} rule=${name} found=${value}`,
  );
}
