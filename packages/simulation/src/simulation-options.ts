import { checkInteger, checkProbability } from "./check-options.ts";
import { checkFaults, type FaultRules } from "./faults.ts";

export interface SimulationOptions extends FaultRules {
  /** An integer; its low 32 bits count. The same seed gives the same history. */
  readonly seed: number;
  /** Wall-clock time at the start, milliseconds since 1970-01-01T00:00:00Z. Default 2017-12-05T12:00:00Z. */
  readonly startMs?: number | undefined;
  /** The longest that a request is held on its way, in steps, 1 to 2^31. Default 256. */
  readonly maxDelaySteps?: number | undefined;
  /** How likely a step is the end of the next sleep although requests are on their way, 0 to 1. Default 0.1. */
  readonly wakeProbability?: number | undefined;
  /** The most steps of all runs together, ≥ 1. Default 100 000. */
  readonly maxSteps?: number | undefined;
  /** The most events that the trace keeps, ≥ 1. Default 2 000. */
  readonly maxTraceEvents?: number | undefined;
}

/** The options with their defaults. */
export type ResolvedOptions = FaultRules & {
  readonly [K in Exclude<keyof SimulationOptions, keyof FaultRules>]-?: NonNullable<
    SimulationOptions[K]
  >;
};

/** @throws {SimulationError} `invalid-argument` for a value outside what is documented */
export function resolveOptions(options: SimulationOptions): ResolvedOptions {
  const { startMs, maxDelaySteps, wakeProbability, maxSteps, maxTraceEvents } = options;
  checkFaults(options.faults);
  return {
    seed: checkInteger("seed", options.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    startMs: checkInteger("startMs", startMs ?? 1_512_475_200_000, 0, Number.MAX_SAFE_INTEGER),
    maxDelaySteps: checkInteger("maxDelaySteps", maxDelaySteps ?? 256, 1, 2 ** 31),
    wakeProbability: checkProbability("wakeProbability", wakeProbability ?? 0.1),
    maxSteps: checkInteger("maxSteps", maxSteps ?? 100_000, 1, Number.MAX_SAFE_INTEGER),
    maxTraceEvents: checkInteger("maxTraceEvents", maxTraceEvents ?? 2_000, 1, 10_000_000),
    faults: options.faults,
    faultsFor: options.faultsFor,
  };
}
