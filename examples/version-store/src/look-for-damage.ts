import type { Library } from "@foretile/version-store";
import type { Log } from "./tour.ts";

/** Whether everything that is stored can be read. */
export async function lookForDamage(library: Library, log: Log): Promise<void> {
  const { healthy, symbols, findings, verified } = await library.fsck({ level: 2 });
  log(healthy, symbols, findings.length, verified.blobs > 0);

  const { dryRun, repaired } = await library.repair();
  log(dryRun, repaired);
}
