import type { CallOptions } from "@foretile/storage";

/** How much of a stream of work may be under way at a time. */
export interface InOrderBounds<T> {
  /** At least 1. */
  readonly maxItems: number;
  /** Nothing more is started while what is under way weighs this much; one item may go beyond it. */
  readonly maxWeight: number;
  readonly weightOf: (item: T) => number;
}

/**
 * Runs something for each item, several at a time, and gives the results in the items' order. Items are only taken when
 * there is room for them. What is still under way when the results end early, by an error or because the caller stops,
 * is aborted and waited for: nothing runs on afterwards.
 */
export async function* inOrder<T, R>(
  items: Iterable<T>,
  run: (item: T, options: CallOptions) => Promise<R>,
  { maxItems, maxWeight, weightOf }: InOrderBounds<T>,
  options: CallOptions = {},
): AsyncGenerator<R, void, undefined> {
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const running: { readonly result: Promise<R>; readonly weight: number }[] = [];
  const iterator = items[Symbol.iterator]();
  let weight = 0;
  let isDone = false;
  try {
    for (;;) {
      while (!isDone && running.length < maxItems && weight < maxWeight) {
        options.signal?.throwIfAborted();
        const next = iterator.next();
        if (next.done === true) {
          isDone = true;
          break;
        }
        const item = { result: run(next.value, { signal }), weight: weightOf(next.value) };
        // Awaited in its turn; until then a failure must not count as unhandled.
        item.result.catch(() => undefined);
        running.push(item);
        weight += item.weight;
      }
      const [first] = running;
      if (first === undefined) return;
      const result = await first.result;
      running.shift();
      weight -= first.weight;
      yield result;
    }
  } finally {
    iterator.return?.();
    if (running.length > 0) {
      stop.abort();
      await Promise.allSettled(running.map(({ result }) => result));
    }
  }
}
