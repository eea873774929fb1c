/** Every entry of a listing. */
export async function readAll<T>(listing: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const batch of listing) all.push(...batch);
  return all;
}
