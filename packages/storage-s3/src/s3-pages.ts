import { inKeyRange, type Key, type KeyRange } from "@foretile/storage";

import { listBounds, unescapeKey } from "./object-name.ts";
import type { S3Entry, S3Objects } from "./s3-objects.ts";

export interface KeyedEntry extends S3Entry {
  readonly key: Key;
}

/** Walks the objects of a folder whose keys lie in a range, page by page, in the order of keys. */
export interface S3Pages {
  /** The next entries, at most `most`; fewer also in the middle; `undefined` after the last. */
  next(most: number, signal: AbortSignal | undefined): Promise<readonly KeyedEntry[] | undefined>;
}

/** @param folder what the names of the objects start with; objects in it that no store makes are passed over */
export function createS3Pages(objects: S3Objects, folder: string, range: KeyRange): S3Pages {
  const bounds = listBounds(folder, range);
  let startAfter = bounds.startAfter;
  let done = range.gte !== undefined && range.lt !== undefined && range.gte >= range.lt;

  return {
    next: async (most, signal) => {
      if (done) return undefined;
      const page = await objects.list(bounds.prefix, startAfter, most, signal);
      const found: KeyedEntry[] = [];
      for (const entry of page.entries) {
        const key = unescapeKey(entry.name.slice(folder.length));
        if (key === undefined) continue;
        if (range.lt !== undefined && key >= range.lt) {
          done = true;
          break;
        }
        if (inKeyRange(key, range)) found.push({ ...entry, key });
      }
      const last = page.entries.at(-1);
      if (!page.more || last === undefined) done = true;
      else startAfter = last.name;
      return found;
    },
  };
}
