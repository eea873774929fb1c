/**
 * Why an answer is no tile. The rules are those of the network's validator, in its order, then ours; `docs/validation.md`
 * lists them with their reasons.
 *
 * - `no_process_time`: the miner did not answer in time.
 * - `too_large`: more bytes than an answer to this request can need.
 * - `malformed`: the bytes are not JSON, or not MessagePack.
 * - `empty`: null, or an array without elements.
 * - `not_a_sequence`: something else than an array.
 * - `start_time_not_int`, `increment_not_int`: the first or second element is missing or no integer.
 * - `start_time_mismatch`, `increment_mismatch`: an integer, but not the request's.
 * - `path_count`: not as many paths as the request's simulations.
 * - `path_not_a_sequence`: a path is something else than an array.
 * - `point_count`: a path has not as many points as the request has steps.
 * - `price_not_a_number`: a point is something else than a number.
 * - `price_too_many_digits`: a price takes more than 8 characters.
 * - `price_not_finite`: a price is NaN or infinite.
 * - `price_not_positive`: a price is zero or negative.
 * - `price_out_of_range`: a price that is zero or infinite as float32.
 */
export type RejectionReason =
  | "no_process_time"
  | "too_large"
  | "malformed"
  | "empty"
  | "not_a_sequence"
  | "start_time_not_int"
  | "increment_not_int"
  | "start_time_mismatch"
  | "increment_mismatch"
  | "path_count"
  | "path_not_a_sequence"
  | "point_count"
  | "price_not_a_number"
  | "price_too_many_digits"
  | "price_not_finite"
  | "price_not_positive"
  | "price_out_of_range";

/** An answer that broke a rule. It costs its miner the tile, and nobody else anything. */
export interface InvalidAnswer {
  readonly status: "invalid";
  readonly reason: RejectionReason;
  /** What was wrong and where, for people; a few hundred characters at most, whatever the answer held. */
  readonly message: string;
}

/** An answer that keeps every rule. */
export interface ValidAnswer {
  readonly status: "valid";
  /**
   * Prices, float32 `[steps, simulations]` row-major (step-major: `tile[step * simulations + simulation]`), each finite
   * and positive. Belongs to whoever holds the outcome.
   */
  readonly tile: Float32Array<ArrayBuffer>;
  /** Most digits that a price has behind its point; missing where the answer does not tell, or no digits alone. */
  readonly decimals?: number;
}

export type AnswerOutcome = ValidAnswer | InvalidAnswer;

/** What one miner made of a request. */
export interface Answer {
  /** Slot in the network, 0 to 65 535. */
  readonly minerUid: number;
  /** Lasting identity of who held the slot, 0 or more. */
  readonly minerId: number;
  /** Seconds the miner took; `undefined` when nothing usable arrived in time. */
  readonly processTimeSeconds: number | undefined;
  readonly outcome: AnswerOutcome;
}

/** The outcome of an answer that broke the rule `reason`. */
export function rejected(reason: RejectionReason, message: string): InvalidAnswer {
  return { status: "invalid", reason, message };
}
