import type { CallOptions } from "@foretile/storage";
import type { CollectReport } from "../collect/collect-report.ts";
import type { Finding, FindingCounts } from "./finding.ts";

export interface RepairOptions extends CallOptions {
  /** Only tell what would be done; the store is not changed at all. Default `true`. */
  readonly dryRun?: boolean | undefined;
  /**
   * What transactions left behind that began less than this long ago, in milliseconds, is left alone. Default one day.
   */
  readonly minAgeMs?: number | undefined;
  /**
   * Give up what cannot be brought back: versions that a snapshot pins and that are gone, and snapshots whose record is
   * damaged. Default `false`: they are only told.
   */
  readonly giveUpLost?: boolean | undefined;
  /** Delete leftovers whatever share of the library they are; see `collect`. Default `false`. */
  readonly force?: boolean | undefined;
  /** Takes the bytes of each damaged record before it is replaced or deleted. Default: nobody keeps them. */
  readonly saveDamaged?: ((key: string, bytes: Uint8Array) => void | Promise<void>) | undefined;
  /** The report keeps at most this many findings, the first ones. Default 1 000. */
  readonly maxFindings?: number | undefined;
  /** Told of every finding. */
  readonly onFinding?: ((finding: RepairFinding) => void) | undefined;
}

/** Something that a repair found, and whether it was put right. */
export interface RepairFinding extends Finding {
  /** `false` in a dry run, and for what cannot be repaired or was not allowed to be. */
  readonly repaired: boolean;
}

/** What a repair found and did. */
export interface RepairReport {
  readonly dryRun: boolean;
  /** The first findings; see `counts` for how many there are. */
  readonly findings: readonly RepairFinding[];
  readonly counts: FindingCounts;
  /** How many findings were put right. */
  readonly repaired: number;
  /** The collection of leftovers at the end; `undefined` when none was run, a finding says why. */
  readonly collected: CollectReport | undefined;
}
