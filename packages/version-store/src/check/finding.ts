import type { DamagedThing } from "../collect/damage.ts";

/**
 * How bad a finding is.
 *
 * - `error`: something that should be readable is not, or contradicts itself
 * - `warning`: something that should not be there, or is of no use as it is; it takes room and harms nothing
 * - `note`: something that the check cannot judge
 */
export type FindingSeverity = "error" | "warning" | "note";

/**
 * What a finding is about.
 *
 * - the things that can be damaged: `head`, `version`, `segment` and so on
 * - `config`, `intent`: likewise
 * - `order`: versions of a symbol, or pages of a snapshot, are not in order
 * - `base-chain`: a version says that it was built on another one than the one before it
 * - `stranded-version`: a complete version that no head names; an error when there is no head at all
 * - `stale-intent`: a transaction that outlived its lifetime; a collection gives it up
 * - `stale-snapshot`: a snapshot whose maker is gone; a collection frees its name
 * - `pack-index`: what a pack says of its segments is damaged, or contradicts them; no reader needs it
 * - `orphan`: blobs that nothing names, of one transaction; a collection deletes them
 * - `foreign-blob`, `foreign-ref`: something under a key that no library uses; it is left alone
 * - `unverified`: segments of a handler that the check cannot verify
 */
export type FindingKind =
  | DamagedThing
  | "config"
  | "intent"
  | "order"
  | "base-chain"
  | "stranded-version"
  | "stale-intent"
  | "stale-snapshot"
  | "pack-index"
  | "orphan"
  | "foreign-blob"
  | "foreign-ref"
  | "unverified";

/** Something that a check found. */
export interface Finding {
  readonly severity: FindingSeverity;
  readonly kind: FindingKind;
  readonly symbol?: string | undefined;
  readonly version?: number | undefined;
  /** The snapshot through which it was found, or that it is about. */
  readonly snapshot?: string | undefined;
  /** Where it is in the store, or should be. */
  readonly key?: string | undefined;
  /** The transaction that it belongs to. */
  readonly transactionId?: string | undefined;
  /** What is wrong, in one line of plain words. */
  readonly message: string;
}

/** How many findings there are of each severity. */
export type FindingCounts = Readonly<Record<FindingSeverity, number>>;

/** Collects findings: passes on every one, counts them, keeps the first. */
export class Findings {
  readonly #kept: Finding[] = [];
  readonly #counts = { error: 0, warning: 0, note: 0 };
  readonly #maxKept: number;
  readonly #onFinding: ((finding: Finding) => void) | undefined;

  constructor(maxKept: number, onFinding: ((finding: Finding) => void) | undefined) {
    this.#maxKept = maxKept;
    this.#onFinding = onFinding;
  }

  add(finding: Finding): void {
    this.#counts[finding.severity] += 1;
    if (this.#kept.length < this.#maxKept) this.#kept.push(finding);
    this.#onFinding?.(finding);
  }

  get kept(): readonly Finding[] {
    return this.#kept;
  }

  get counts(): FindingCounts {
    return { ...this.#counts };
  }
}
