/**
 * Maps items in order while up to `ahead` later ones are already being fetched. What was fetched but not consumed when
 * the consumer stops early is awaited and dropped.
 *
 * @param fetch starts the work of one item; its failure is thrown when its turn comes
 */
export async function* fetchAhead<Item, Result>(
  items: readonly Item[],
  ahead: number,
  fetch: (item: Item) => Promise<Result>,
): AsyncGenerator<readonly [Item, PromiseSettledResult<Result>], void, undefined> {
  const underWay: Promise<PromiseSettledResult<Result>>[] = [];
  let next = 0;
  const startNext = (): void => {
    const item = items[next];
    if (next >= items.length || item === undefined) return;
    next += 1;
    underWay.push(settle(fetch(item)));
  };
  try {
    while (underWay.length <= ahead && next < items.length) startNext();
    for (const item of items) {
      const result = await underWay.shift();
      if (result === undefined) return;
      startNext();
      yield [item, result];
    }
  } finally {
    await Promise.all(underWay);
  }
}

async function settle<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [result] = await Promise.allSettled([promise]);
  return result;
}
