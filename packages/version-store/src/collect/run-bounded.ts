/**
 * Does work for each item, at most `limit` at a time. After a failure nothing more is started; what runs is waited for.
 *
 * @throws the first failure
 */
export async function runBounded<T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  let failure: { readonly error: unknown } | undefined;

  async function workOn(): Promise<void> {
    while (failure === undefined) {
      const next = iterator.next();
      if (next.done === true) return;
      try {
        await work(next.value);
      } catch (error) {
        failure ??= { error };
      }
    }
  }

  await Promise.all(Array.from({ length: limit }, workOn));
  if (failure !== undefined) throw failure.error;
}
