import type { CommitResult } from "../../src/index.ts";

/** A commit that was acknowledged to its writer. */
export interface Acknowledged {
  readonly symbol: string;
  readonly version: number;
  readonly commitId: string;
  /** The item that the commit added. */
  readonly item: string;
  /** Steps of the simulation at which it began and was acknowledged. */
  readonly begun: number;
  readonly ended: number;
}

/** What the actors of one history did, as far as they were told. */
export class Recorded {
  readonly acknowledged: Acknowledged[] = [];
  /** Items whose commits surely did not happen. */
  readonly failed: string[] = [];
  /** Items whose commits may have happened: their writer was not told, or crashed. */
  readonly begun = new Set<string>();
  /** Snapshots that were acknowledged and not deleted since, with what they pinned when they were read back. */
  readonly snapshots = new Map<string, ReadonlyMap<string, readonly string[]>>();
  /** What readers saw, by symbol and version. */
  readonly seen = new Map<string, readonly string[]>();

  acknowledge(
    symbol: string,
    item: string,
    { version, commitId }: CommitResult,
    steps: { readonly begun: number; readonly ended: number },
  ): void {
    this.acknowledged.push({ symbol, version, commitId, item, ...steps });
  }

  /** @throws when the same version was seen with other items before */
  see(symbol: string, version: number, items: readonly string[]): void {
    const key = `${symbol} ${version}`;
    const before = this.seen.get(key);
    if (before !== undefined && before.join() !== items.join()) {
      throw new Error(`version changed ${key} before=${before.join()} now=${items.join()}`);
    }
    this.seen.set(key, items);
  }
}
