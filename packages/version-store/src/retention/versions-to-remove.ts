import type { VersionEntry } from "../version/version-entry.ts";
import { checkPolicy, type RetentionPolicy } from "./policy.ts";

/** What a policy looks at. */
export type JudgedEntry = Pick<VersionEntry, "version" | "committedAtMs" | "operation">;

/**
 * The versions that a policy does not keep, in the order given.
 *
 * @param entries all versions of a symbol, newest first
 * @param pinned versions that stay whatever the policy says
 * @throws {VersionStoreError} `invalid-argument` for a policy that cannot be meant
 */
export function versionsToRemove<E extends JudgedEntry>(
  entries: Iterable<E>,
  policy: RetentionPolicy,
  nowMs: number,
  pinned: ReadonlySet<number>,
): E[] {
  const pass = new RetentionPass(policy, nowMs, pinned);
  return [...entries].filter((entry) => !pass.keeps(entry));
}

/** One walk over the versions of a symbol, from the newest to the oldest. */
export class RetentionPass {
  readonly #policy: RetentionPolicy;
  readonly #nowMs: number;
  readonly #pinned: ReadonlySet<number>;
  #seenAny = false;
  #seenDelete = false;
  #seenOlder = false;
  #valuesSeen = 0;
  #lastBucket: number | undefined;

  /** @throws {VersionStoreError} `invalid-argument` for a policy that cannot be meant */
  constructor(policy: RetentionPolicy, nowMs: number, pinned: ReadonlySet<number>) {
    checkPolicy(policy);
    this.#policy = policy;
    this.#nowMs = nowMs;
    this.#pinned = pinned;
  }

  /** Whether the version stays. To be asked about every version once, newest first. */
  keeps(entry: JudgedEntry): boolean {
    // Each of these notes what it has seen, so none may be left out.
    const verdicts = [
      this.#pinned.has(entry.version),
      this.#isNewest(),
      this.#isNewestDelete(entry),
      this.#isAmongLast(entry),
      this.#isYoungerThan(entry, this.#policy.keepForMs),
      this.#isNewestOfBucket(entry),
      this.#isNewestOlder(entry),
    ];
    return verdicts.includes(true);
  }

  #isNewest(): boolean {
    const newest = !this.#seenAny;
    this.#seenAny = true;
    return newest;
  }

  #isNewestDelete({ operation }: JudgedEntry): boolean {
    if (operation !== "delete" || this.#seenDelete) return false;
    this.#seenDelete = true;
    return true;
  }

  #isAmongLast({ operation }: JudgedEntry): boolean {
    if (operation === "delete") return false;
    this.#valuesSeen += 1;
    return this.#valuesSeen <= (this.#policy.keepLast ?? 0);
  }

  #isNewestOfBucket(entry: JudgedEntry): boolean {
    const { keepEvery } = this.#policy;
    if (keepEvery === undefined) return false;
    const bucket = Math.floor(entry.committedAtMs / keepEvery.bucketMs);
    const newest = bucket !== this.#lastBucket;
    this.#lastBucket = bucket;
    return newest && this.#isYoungerThan(entry, keepEvery.forMs ?? Infinity);
  }

  #isNewestOlder(entry: JudgedEntry): boolean {
    const { keepNewestOlderThanMs } = this.#policy;
    if (keepNewestOlderThanMs === undefined) return false;
    if (this.#isYoungerThan(entry, keepNewestOlderThanMs)) return true;
    const newest = !this.#seenOlder;
    this.#seenOlder = true;
    return newest;
  }

  #isYoungerThan({ committedAtMs }: JudgedEntry, ageMs: number | undefined): boolean {
    return ageMs !== undefined && committedAtMs > this.#nowMs - ageMs;
  }
}
