/**
 * Does `work` on items, a few at a time, and gives what came out in the order of the items. Ending the iteration early
 * begins nothing more.
 *
 * @throws what `work` throws, when its turn has come
 */
export async function* inOrder<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  most: number,
): AsyncGenerator<R, void, undefined> {
  const underWay: Promise<R>[] = [];
  let next = 0;
  try {
    while (next < items.length || underWay.length > 0) {
      while (next < items.length && underWay.length < most) {
        const begun = work(items[next] as T);
        // Looked at in its turn.
        begun.catch(() => undefined);
        underWay.push(begun);
        next += 1;
      }
      yield await (underWay.shift() as Promise<R>);
    }
  } finally {
    await Promise.allSettled(underWay);
  }
}
