import { assert } from "./assertions.ts";

/** Every entry of a listing, and the promise about batches: none is empty, none is larger than asked for. */
export async function collect<T>(
  listing: AsyncIterable<readonly T[]>,
  batchSize: number = Number.POSITIVE_INFINITY,
): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const batch of listing) {
    assert(batch.length > 0, "a batch is never empty");
    assert(
      batch.length <= batchSize,
      `a batch has at most batchSize entries: asked for ${batchSize}, got ${batch.length}`,
    );
    all.push(...batch);
  }
  return all;
}

export async function collectKeys(
  listing: AsyncIterable<readonly { readonly key: string }[]>,
  batchSize?: number,
): Promise<readonly string[]> {
  return (await collect(listing, batchSize)).map(({ key }) => key);
}
