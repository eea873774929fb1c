import type { Simulation } from "@foretile/simulation";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import type { OpenLibraryOptions } from "../../src/index.ts";

/**
 * Options of a library without steps and faults, for before and after a history.
 *
 * @param afterMs how long after the start of the history
 */
export function calmLibrary({ memory, seed }: Simulation, afterMs = 0): OpenLibraryOptions {
  const clock = createInstantClock({ startMs: 1_512_475_200_000 + afterMs });
  return { store: memory, clock, random: createSeededRandom(seed + afterMs), probe: false };
}
