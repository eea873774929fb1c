/** In the registry of symbols, so that two copies of this package respect each other's marks. */
const givenUp = Symbol.for("@foretile/resilience/given-up");

/**
 * Marks an error as one that was retried in vain. Without the mark every layer with a retry policy would multiply the
 * attempts of the one below. A mark instead of other advice, because "it may have happened" stays true.
 */
export function markGivenUp(error: Error): Error {
  // An error that cannot be extended goes unmarked: it is worth more than its mark.
  Reflect.defineProperty(error, givenUp, { value: true, configurable: true });
  return error;
}

/** `true` for a marked error and for one that was caused by a marked error. */
export function hasGivenUp(error: unknown): boolean {
  const seen = new Set<unknown>();
  for (
    let current = error;
    current instanceof Error && !seen.has(current);
    current = current.cause
  ) {
    if (givenUp in current) return true;
    seen.add(current);
  }
  return false;
}
