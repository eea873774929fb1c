/**
 * Seeded histories of clients of one store, with faults, that replay exactly.
 *
 * ```ts
 * import { exploreSeeds } from "@foretile/simulation";
 *
 * const faults = { "lose-reply": 0.05, late: 0.05, crash: 0.01 };
 * await exploreSeeds({ count: 500, faults }, async (simulation) => {
 *   const outcomes = await simulation.run([
 *     [simulation.actor("ann"), ({ store, clock }) => write(store, clock)],
 *     [simulation.actor("bob"), ({ store, clock }) => write(store, clock)],
 *   ]);
 *   await checkWhatIsLeft(simulation.memory, outcomes);
 * });
 * ```
 *
 * @module
 */
export type { ClockJumps } from "./actor-clock.ts";
export type { Actor, ActorOptions, ActorTask, Outcome } from "./actor.ts";
export type { ActorEnd } from "./actor-state.ts";
export { createSimulation, type Simulation } from "./create-simulation.ts";
export { describeFailure } from "./describe-failure.ts";
export { exploreSeeds, type Exploration, type ExploreOptions } from "./explore-seeds.ts";
export type {
  FaultKind,
  FaultProbabilities,
  FaultRules,
  SimulatedCall,
  SimulatedOperation,
} from "./faults.ts";
export {
  SimulationError,
  isSimulationError,
  type SimulationErrorCode,
} from "./simulation-error.ts";
export type { SimulationOptions } from "./simulation-options.ts";
export type { OrphanCause, Trace, TraceEvent } from "./trace.ts";
