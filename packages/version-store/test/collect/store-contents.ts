import type { Store } from "@foretile/storage";
import { decodeIntentBytes } from "../../src/commit/intent.ts";
import { decodeHeadBytes } from "../../src/head/head-record.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { decodeSnapshotBytes } from "../../src/snapshot/snapshot-record.ts";

type Stores = Pick<Store, "blobs" | "refs">;

/** Keys of all blobs, perhaps of one area only. */
export async function blobKeys({ blobs }: Stores, area = ""): Promise<string[]> {
  const keys: string[] = [];
  for await (const batch of blobs.list({})) keys.push(...batch.map(({ key }) => key));
  return keys.filter((key) => key.startsWith(area));
}

/** Keys of all refs that start with `prefix`. */
export async function refKeysFrom({ refs }: Stores, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const batch of refs.list({})) keys.push(...batch.map(({ key }) => key));
  return keys.filter((key) => key.startsWith(prefix));
}

/** Everything in a library, without what only says that something was changed. */
export async function contentsOf(context: LibraryContext): Promise<unknown> {
  const refs: Record<string, unknown> = {};
  for await (const batch of context.refs.list({})) {
    for (const { key, value } of batch) {
      if (/^[hH]\//.test(key))
        refs[key] = { ...decodeHeadBytes(context, value, key), changeId: "" };
      if (/^[nN]\//.test(key)) {
        refs[key] = { ...decodeSnapshotBytes(context, value, key), changeId: "" };
      }
      if (key.startsWith("i/")) refs[key] = decodeIntentBytes(context, value, key);
    }
  }
  return { refs, blobs: await blobKeys(context) };
}
