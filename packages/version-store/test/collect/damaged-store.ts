import { toKey, type Store } from "@foretile/storage";

type Stores = Pick<Store, "blobs" | "refs">;

/** What can happen to stored bytes. */
export type Harm = "missing" | "truncated" | "flipped";

export const harms: readonly Harm[] = ["missing", "truncated", "flipped"];

/** The bytes after harm, `undefined` when they are gone. */
function harmed(bytes: Uint8Array, harm: Harm): Uint8Array | undefined {
  if (harm === "missing") return undefined;
  if (harm === "truncated") return bytes.slice(0, -1);
  const flipped = bytes.slice();
  const middle = flipped.length >> 1;
  flipped[middle] = (flipped[middle] ?? 0) ^ 4;
  return flipped;
}

/** Harms a blob behind the library's back. @returns what puts it back */
export async function harmBlob(
  { blobs }: Stores,
  key: string,
  harm: Harm,
): Promise<() => Promise<void>> {
  const bytes = (await blobs.get(toKey(key))) ?? new Uint8Array();
  await replaceBlob({ blobs }, key, harmed(bytes, harm));
  return () => replaceBlob({ blobs }, key, bytes);
}

/** Stores other bytes under a key, or none. */
export async function replaceBlob(
  { blobs }: Pick<Stores, "blobs">,
  key: string,
  bytes: Uint8Array | undefined,
): Promise<void> {
  await blobs.deleteMany([toKey(key)]);
  if (bytes !== undefined) await blobs.putNew(toKey(key), bytes);
}

/** Harms a record behind the library's back. */
export async function harmRef({ refs }: Stores, key: string, harm: Harm): Promise<void> {
  const ref = await refs.read(toKey(key));
  if (ref === undefined) throw new Error(`there is no record key=${key}`);
  await refs.compareAndSet(toKey(key), ref.token, harmed(ref.value, harm));
}
