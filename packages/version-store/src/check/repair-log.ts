import type { Finding, FindingCounts } from "./finding.ts";
import type { RepairFinding, RepairOptions } from "./repair-options.ts";

/** Where a repair notes what it found and did. */
export class RepairLog {
  readonly dryRun: boolean;
  readonly #findings: RepairFinding[] = [];
  readonly #counts = { error: 0, warning: 0, note: 0 };
  readonly #maxFindings: number;
  readonly #onFinding: RepairOptions["onFinding"];
  #repaired = 0;

  constructor({ dryRun = true, maxFindings = 1000, onFinding }: RepairOptions) {
    this.dryRun = dryRun;
    this.#maxFindings = maxFindings;
    this.#onFinding = onFinding;
  }

  /** Something that stays as it is. */
  leave(finding: Finding): void {
    this.#add({ ...finding, repaired: false });
  }

  /**
   * Something that can be put right; done unless it is a dry run.
   *
   * @param repair gives `false` when somebody else changed it meanwhile
   */
  async put(finding: Finding, repair: () => Promise<boolean>): Promise<void> {
    this.#add({ ...finding, repaired: !this.dryRun && (await repair()) });
  }

  get findings(): readonly RepairFinding[] {
    return this.#findings;
  }

  get counts(): FindingCounts {
    return { ...this.#counts };
  }

  get repaired(): number {
    return this.#repaired;
  }

  #add(finding: RepairFinding): void {
    this.#counts[finding.severity] += 1;
    if (finding.repaired) this.#repaired += 1;
    if (this.#findings.length < this.#maxFindings) this.#findings.push(finding);
    this.#onFinding?.(finding);
  }
}
