/**
 * Loads what `items` stand for, all at once, and gives the results up to the first failure: one request of a hundred
 * that fails should not cost the other ninety-nine. Only when the very first fails, there is nothing to give.
 *
 * @returns the results, and the items that are left to be loaded
 * @throws the failure of the first item
 */
export async function loadInOrder<T, R>(
  items: readonly T[],
  load: (item: T) => Promise<R>,
): Promise<{ readonly loaded: readonly R[]; readonly left: readonly T[] }> {
  const outcomes = await Promise.allSettled(items.map(load));
  const loaded: R[] = [];
  for (const outcome of outcomes) {
    if (outcome.status === "fulfilled") loaded.push(outcome.value);
    else if (loaded.length === 0) throw outcome.reason;
    else break;
  }
  return { loaded, left: items.slice(loaded.length) };
}
