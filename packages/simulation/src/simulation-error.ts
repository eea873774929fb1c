import { CodedError, codedErrorGuard } from "@foretile/resilience";

/**
 * What went wrong in a simulation.
 *
 * - `invalid-argument`: an option outside what is documented, or an actor that was used twice.
 * - `not-running`: an actor's store or clock was used before its run began.
 * - `real-work`: an actor went on after something that the simulation does not schedule: a timer, a thread, a file.
 * - `stuck`: an actor waits, and nothing is left that could happen.
 * - `too-many-steps`: the run did not end within `maxSteps`.
 * - `actor-failed`: an actor's function threw; the cause says what.
 * - `history-failed`: a seed's history failed; the cause says why.
 * - `not-replayable`: two runs of one seed went different ways.
 */
export type SimulationErrorCode =
  | "invalid-argument"
  | "not-running"
  | "real-work"
  | "stuck"
  | "too-many-steps"
  | "actor-failed"
  | "history-failed"
  | "not-replayable";

/** A simulation that cannot go on, or a history that broke a promise. Never worth repeating: it replays. */
export class SimulationError extends CodedError<SimulationErrorCode> {
  override readonly name = "SimulationError";
}

/** `true` for a {@link SimulationError} with one of `codes` when codes are given. */
export const isSimulationError: ReturnType<typeof codedErrorGuard<SimulationError>> =
  codedErrorGuard<SimulationError>("SimulationError");
