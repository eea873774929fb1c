import type { Clock } from "@foretile/resilience";
import type { Draw } from "./draw.ts";

/** A wall clock that is set forward or back now and then. */
export interface ClockJumps {
  /** How likely each step of the actor moves its clock, 0 to 1. */
  readonly probability: number;
  /** The farthest from the actor's offset, in milliseconds ≥ 0. */
  readonly maxMs: number;
}

export interface ActorClock extends Clock {
  /** Perhaps lets the wall clock jump; gives its new distance in milliseconds from the actor's offset then. */
  jump(draw: Draw): number | undefined;
}

export interface ActorClockOptions {
  readonly startMs: number;
  readonly offsetMs: number;
  readonly jumps: ClockJumps | undefined;
  /** The simulation's time. */
  readonly elapsedMs: () => number;
  readonly sleep: Clock["sleep"];
}

/** An actor's clock: its wall clock is off and may jump, its monotonic clock and its sleeps are those of all. */
export function createActorClock(options: ActorClockOptions): ActorClock {
  const { startMs, offsetMs, jumps, elapsedMs, sleep } = options;
  let jumpedMs = 0;
  return {
    // Whole milliseconds, as a machine's wall clock gives; sleeps may be shorter.
    nowMs: () => startMs + Math.floor(elapsedMs()) + offsetMs + jumpedMs,
    monotonicMs: elapsedMs,
    sleep,
    jump: (draw) => {
      if (jumps === undefined || !draw.chance(jumps.probability)) return undefined;
      jumpedMs = draw.below(2 * jumps.maxMs + 1) - jumps.maxMs;
      return jumpedMs;
    },
  };
}
