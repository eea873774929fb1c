import { createSimulation, type Simulation, type SimulationOptions } from "../src/index.ts";

/** The results of one small history under seeds 1 to `count`. */
export async function underSeeds<T>(
  count: number,
  options: Omit<SimulationOptions, "seed">,
  history: (simulation: Simulation) => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = [];
  for (let seed = 1; seed <= count; seed += 1) {
    results.push(await history(createSimulation({ ...options, seed })));
  }
  return results;
}
