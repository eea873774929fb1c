/** Median and greatest of the milliseconds of many calls. */
export function statisticsOf(times) {
  const ascending = times.toSorted((left, right) => left - right);
  return { medianMs: ascending[ascending.length >> 1], maxMs: ascending.at(-1) };
}
