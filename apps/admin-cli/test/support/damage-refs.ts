import { openStore } from "@foretile/app-kit";

/** Replaces the records under a prefix of the ref store by a byte that means nothing. */
export async function damageRefs(url: string, prefix: string): Promise<void> {
  await using store = await openStore(url, "write");
  for await (const refs of store.refs.list({ gte: prefix, lt: `${prefix}~` })) {
    for (const { key, token } of refs) await store.refs.compareAndSet(key, token, Uint8Array.of(1));
  }
}
