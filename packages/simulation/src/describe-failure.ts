import type { Simulation } from "./create-simulation.ts";

/** How many events of a failed history are worth reading first. */
const DEFAULT_LAST_EVENTS = 60;

/** How to replay a history, and the end of its trace. */
export function describeFailure(
  simulation: Simulation,
  options: { readonly lastEvents?: number | undefined } = {},
): string {
  const { seed, steps, trace } = simulation;
  const { lastEvents = DEFAULT_LAST_EVENTS } = options;
  return `replay with seed ${seed}; it ended at step ${steps} like this:\n${trace.text(lastEvents)}`;
}
