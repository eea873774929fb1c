import type { FaultProbabilities, Simulation } from "@foretile/simulation";
import { createLibrary, type PlacementOptions } from "../../src/index.ts";
import { TEST_PLACEMENT } from "../test-placement.ts";
import { calmLibrary } from "./calm-library.ts";
import { checkCommits, readRemains } from "./check-history.ts";
import { appendItem, rewriteList } from "./lists.ts";
import { reader } from "./reader.ts";
import { Recorded } from "./recorded.ts";
import { writer } from "./writer.ts";

/** Every kind, often enough that most histories meet several. */
export const everyFault: FaultProbabilities = {
  delay: 0.15,
  crash: 0.004,
  fail: 0.03,
  late: 0.03,
  "lose-reply": 0.03,
  duplicate: 0.05,
};

/** Three writers, two of them with several commits under way at once, and a reader, on two symbols. */
export async function commitHistory(
  simulation: Simulation,
  composition: PlacementOptions = TEST_PLACEMENT,
): Promise<void> {
  const recorded = new Recorded();
  const symbols = ["a", "b"];
  await createLibrary({ ...calmLibrary(simulation), composition });
  const changes = [appendItem, appendItem, appendItem, rewriteList];
  const options = { symbols, changes, commits: 6, atOnce: 2 };
  await simulation.run([
    [simulation.actor("ann", { clockOffsetMs: -3_600_000 }), writer(simulation, recorded, options)],
    [simulation.actor("bob"), writer(simulation, recorded, options)],
    [simulation.actor("cid"), writer(simulation, recorded, { ...options, atOnce: 1 })],
    [simulation.actor("eve"), reader(recorded, { symbols, reads: 10 })],
  ]);
  checkCommits(recorded, await readRemains(calmLibrary(simulation)), false);
}
