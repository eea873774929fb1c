import { ScoringError } from "./scoring-error.ts";

const MAX_U16 = 65_535;

/**
 * Weights as the chain takes them: the greatest becomes 65535, the others in proportion, rounded half to even.
 *
 * @param weights not negative, finite; all 0 gives all 0
 * @throws {ScoringError} `invalid-argument` for any other weight
 */
export function toU16Weights(weights: readonly number[]): number[] {
  const bad = weights.find((weight) => !(weight >= 0 && weight < Infinity));
  if (bad !== undefined) {
    throw new ScoringError(
      "invalid-argument",
      `weight must be finite and not negative weight=${bad}`,
    );
  }
  const greatest = weights.reduce((a, b) => Math.max(a, b), 0);
  if (greatest === 0) return weights.map(() => 0);
  return weights.map((weight) => roundHalfToEven((weight / greatest) * MAX_U16));
}

function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
}
