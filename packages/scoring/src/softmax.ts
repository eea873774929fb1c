import { ScoringError } from "./scoring-error.ts";

/**
 * exp(beta·x) over the sum of all exp(beta·x), computed after subtracting the greatest exponent so that nothing
 * overflows. A negative beta favours low values.
 *
 * @param values an infinite one gets 0 when beta makes it lose
 * @throws {ScoringError} `invalid-argument` when an exponent is NaN or +Infinity, or all are -Infinity
 */
export function softmax(values: readonly number[], beta: number): number[] {
  if (values.length === 0) return [];
  const exponents = values.map((value) => beta * value);
  const greatest = exponents.reduce((a, b) => Math.max(a, b));
  if (!Number.isFinite(greatest)) {
    throw new ScoringError(
      "invalid-argument",
      `softmax needs finite exponents beta=${beta} greatest=${greatest}`,
    );
  }
  const powers = exponents.map((exponent) => Math.exp(exponent - greatest));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}
