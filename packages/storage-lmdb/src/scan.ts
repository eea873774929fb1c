import { boundsAfter, type ScanBounds } from "./key-bytes.ts";

/** One step of a scan: what was found, in key order, and the last key looked at; `undefined` when the range ended. */
export interface ScanStep<T> {
  readonly found: readonly T[];
  readonly last: Uint8Array | undefined;
}

/**
 * A scan in steps, each on a snapshot of its own, so that no snapshot is held while the caller thinks: that would keep
 * every page written since from being used again.
 *
 * @param step looks at the start of the bounds; synchronous
 */
export function* scan<T>(
  bounds: ScanBounds | undefined,
  step: (bounds: ScanBounds) => ScanStep<T>,
): Generator<T, void, undefined> {
  let rest = bounds;
  while (rest !== undefined) {
    const { found, last } = step(rest);
    yield* found;
    rest = last === undefined ? undefined : boundsAfter(last, rest);
  }
}
