import type { Operation } from "../version/operation.ts";

/** One change of one symbol. */
export interface AuditEntry {
  readonly symbol: string;
  /** The version that the change made. */
  readonly version: number;
  /** The number before it; 0 for a symbol's first version. */
  readonly fromVersion: number;
  readonly commitId: string;
  readonly committedAtMs: number;
  readonly operation: Operation;
  /** Who committed it, as they said. */
  readonly user: string | undefined;
  /** Why, as they said. */
  readonly message: string | undefined;
}

/** Keeps the newest so many of the entries it is shown. */
export class NewestEntries {
  readonly #limit: number;
  #entries: AuditEntry[] = [];
  #oldestMs: number = Number.NEGATIVE_INFINITY;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether an entry of this time would be kept. */
  wants(committedAtMs: number): boolean {
    return committedAtMs >= this.#oldestMs;
  }

  add(entry: AuditEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length >= 2 * this.#limit) this.#trim();
  }

  /** What was kept, newest first; at the same time by symbol. */
  toArray(): readonly AuditEntry[] {
    this.#trim();
    return this.#entries;
  }

  #trim(): void {
    this.#entries.sort(compareNewestFirst);
    this.#entries.length = Math.min(this.#entries.length, this.#limit);
    if (this.#entries.length === this.#limit) {
      this.#oldestMs = this.#entries.at(-1)?.committedAtMs ?? this.#oldestMs;
    }
  }
}

function compareNewestFirst(left: AuditEntry, right: AuditEntry): number {
  if (left.committedAtMs !== right.committedAtMs) return right.committedAtMs - left.committedAtMs;
  if (left.symbol !== right.symbol) return left.symbol < right.symbol ? -1 : 1;
  return right.version - left.version;
}
