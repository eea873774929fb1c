import { inspect } from "node:util";
import { checkInteger } from "./check-options.ts";
import { createSimulation, type Simulation } from "./create-simulation.ts";
import { describeFailure } from "./describe-failure.ts";
import { SimulationError } from "./simulation-error.ts";
import type { SimulationOptions } from "./simulation-options.ts";

export interface ExploreOptions extends Omit<SimulationOptions, "seed"> {
  /** How many seeds, ≥ 1. */
  readonly count: number;
  /** The first seed. Default 1. */
  readonly first?: number | undefined;
}

/** What was tried. */
export interface Exploration {
  readonly seeds: number;
  /** Steps of all histories together. */
  readonly steps: number;
}

/** How the history of one seed went. */
interface History {
  readonly simulation: Simulation;
  readonly failure: { readonly cause: unknown } | undefined;
}

/**
 * Runs the history of one seed after the other, each in a simulation of its own, and stops at the first that fails.
 *
 * The first history and one that failed are run once more: a history that does not replay proves nothing.
 *
 * @param run makes the actors, runs them, and throws when a promise was broken
 * @throws {SimulationError} `history-failed` with the seed, the end of the trace, and what `run` threw as its cause;
 *   `not-replayable` when two runs of one seed differ; `invalid-argument`
 */
export async function exploreSeeds(
  options: ExploreOptions,
  run: (simulation: Simulation) => Promise<void>,
): Promise<Exploration> {
  const { count, first = 1, ...rest } = options;
  checkInteger("count", count, 1, Number.MAX_SAFE_INTEGER);

  async function history(seed: number): Promise<History> {
    const simulation = createSimulation({ ...rest, seed });
    try {
      await run(simulation);
      return { simulation, failure: undefined };
    } catch (cause) {
      return { simulation, failure: { cause } };
    }
  }

  let steps = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const { simulation, failure } = await history(seed);
    steps += simulation.steps;
    if (seed === first || failure !== undefined) {
      checkReplay({ simulation, failure }, await history(seed));
    }
    if (failure !== undefined) throw historyFailed(simulation, failure.cause);
  }
  return { seeds: count, steps };
}

function checkReplay(once: History, again: History): void {
  const { seed } = once.simulation;
  if (
    once.simulation.trace.text() === again.simulation.trace.text() &&
    (once.failure === undefined) === (again.failure === undefined)
  ) {
    return;
  }
  throw new SimulationError(
    "not-replayable",
    `two runs of one seed differ, so something in them is not seeded seed=${seed}\nonce: ${describeFailure(once.simulation)}\nagain: ${describeFailure(again.simulation)}`,
    { cause: once.failure?.cause ?? again.failure?.cause },
  );
}

function historyFailed(simulation: Simulation, cause: unknown): SimulationError {
  return new SimulationError(
    "history-failed",
    `history failed seed=${simulation.seed}: ${causes(cause).join("\n  because ")}\n${describeFailure(simulation)}`,
    { cause },
  );
}

/** An error and what it was caused by, in words. */
function causes(error: unknown): readonly string[] {
  const seen = new Set<unknown>();
  const words: string[] = [];
  for (
    let current = error;
    current !== undefined && !seen.has(current);
    current = current instanceof Error ? current.cause : undefined
  ) {
    seen.add(current);
    words.push(current instanceof Error ? String(current) : inspect(current));
  }
  return words;
}
