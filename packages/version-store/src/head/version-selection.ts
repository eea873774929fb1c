/** Some of the versions of a symbol. */
export interface VersionSelection {
  has(version: number): boolean;
  /** Whether any number from `first` to `last` may be selected, both included. */
  touches(first: number, last: number): boolean;
}

/** Exactly these versions. */
export function selectVersions(versions: Iterable<number>): VersionSelection {
  const wanted = new Set(versions);
  const ascending = Float64Array.from(wanted).sort();
  return {
    has: (version) => wanted.has(version),
    touches: (first, last) => (ascending[lowerBound(ascending, first)] ?? Infinity) <= last,
  };
}

/** Every version below `version`, except some. */
export function selectVersionsBefore(
  version: number,
  except: ReadonlySet<number>,
): VersionSelection {
  return {
    has: (other) => other < version && !except.has(other),
    touches: (first) => first < version,
  };
}

/** The position of the first number that is at least `wanted`. */
function lowerBound(ascending: Float64Array, wanted: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? Infinity) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
