import type { KeyRange } from "../../../src/index.ts";
import { dropLastBatch, mapBatches, withBlobs, type Mutant } from "./mutant.ts";

export const blobMutants: readonly Mutant[] = [
  {
    defect: "keeps the caller's buffer instead of a copy",
    caughtBy: "blobs › changing the input after the call changes nothing in the store",
    mutate: withBlobs((blobs) => {
      const kept = new Map<string, Uint8Array>();
      return {
        putNew: async (key, bytes, options) => {
          await blobs.putNew(key, bytes, options);
          kept.set(key, bytes);
        },
        get: async (key, options) =>
          options?.range === undefined ? kept.get(key)?.slice() : blobs.get(key, options),
      };
    }),
  },
  {
    defect: "hands out one buffer to everybody",
    caughtBy: "blobs › changing a result changes neither the store nor another result",
    mutate: withBlobs((blobs) => {
      const shared = new Map<string, Promise<Uint8Array | undefined>>();
      return {
        get: (key, options) => {
          const name = JSON.stringify([key, options?.range]);
          const there = shared.get(name) ?? blobs.get(key, options);
          shared.set(name, there);
          return there;
        },
      };
    }),
  },
  {
    defect: "reads into a buffer that the next read overwrites",
    caughtBy: "blobs › a result stays as it is while other calls run",
    mutate: withBlobs((blobs) => {
      const scratch = new Uint8Array(8 * 2 ** 20);
      return {
        get: async (key, options) => {
          const bytes = await blobs.get(key, options);
          if (bytes === undefined) return undefined;
          scratch.set(bytes);
          return scratch.subarray(0, bytes.byteLength);
        },
      };
    }),
  },
  {
    defect: "gives one byte too many of a range",
    caughtBy: "blobs › a range gives the part that lies inside the blob",
    mutate: withBlobs((blobs) => ({
      get: (key, options) => {
        const range = options?.range;
        if (range === undefined) return blobs.get(key, options);
        return blobs.get(key, { ...options, range: { ...range, length: range.length + 1 } });
      },
    })),
  },
  {
    defect: "takes the end of a range for its length",
    caughtBy: "blobs › a blob of several MiB is read back, whole and in parts",
    mutate: withBlobs((blobs) => ({
      get: (key, options) => {
        const range = options?.range;
        if (range === undefined) return blobs.get(key, options);
        const length = Math.max(0, range.length - range.offset);
        return blobs.get(key, { ...options, range: { ...range, length } });
      },
    })),
  },
  {
    defect: "has no bytes for a range behind the end",
    caughtBy: "blobs › a range gives the part that lies inside the blob",
    mutate: withBlobs((blobs) => ({
      get: async (key, options) => {
        const bytes = await blobs.get(key, options);
        return options?.range !== undefined && bytes?.byteLength === 0 ? undefined : bytes;
      },
    })),
  },
  {
    defect: "takes an empty blob for a missing one",
    caughtBy: "blobs › an empty blob is there and empty",
    mutate: withBlobs((blobs) => ({
      get: async (key, options) => {
        const bytes = await blobs.get(key, options);
        return bytes?.byteLength === 0 ? undefined : bytes;
      },
    })),
  },
  {
    defect: "stores the whole buffer of a view",
    caughtBy: "blobs › bytes of a view into a larger buffer are stored alone",
    mutate: withBlobs((blobs) => ({
      putNew: (key, { buffer }, options) =>
        blobs.putNew(key, new Uint8Array(buffer, 0, buffer.byteLength), options),
    })),
  },
  {
    defect: "overwrites other bytes silently",
    caughtBy: "blobs › a put that meets other bytes is a conflict, where the store can tell",
    mutate: withBlobs((blobs) => ({
      putNew: async (key, bytes, options) => {
        await blobs.deleteMany([key], options);
        await blobs.putNew(key, bytes, options);
      },
    })),
  },
  {
    defect: "compares lengths only to find a conflict",
    caughtBy: "blobs › a put that meets other bytes is a conflict, where the store can tell",
    mutate: withBlobs((blobs) => ({
      putNew: async (key, bytes, options) => {
        const there = await blobs.get(key);
        if (there?.byteLength !== bytes.byteLength) await blobs.putNew(key, bytes, options);
      },
    })),
  },
  {
    defect: "refuses equal bytes",
    caughtBy: "blobs › repeating a put with equal bytes succeeds",
    mutate: withBlobs((blobs) => ({
      putNew: async (key, bytes, options) => {
        if ((await blobs.get(key)) !== undefined) throw new Error("exists");
        await blobs.putNew(key, bytes, options);
      },
    })),
  },
  {
    defect: "fails to delete what is not there",
    caughtBy: "blobs › deleting what is not there, twice, or nothing is fine",
    mutate: withBlobs((blobs) => ({
      deleteMany: async (keys, options) => {
        for (const key of keys) {
          if ((await blobs.get(key)) === undefined) throw new Error("missing");
        }
        await blobs.deleteMany(keys, options);
      },
    })),
  },
  {
    defect: "deletes at most a thousand blobs",
    caughtBy: "blob listing › more than a thousand blobs are listed and deleted in one go",
    mutate: withBlobs((blobs) => ({
      deleteMany: (keys, options) => blobs.deleteMany(keys.slice(0, 1_000), options),
    })),
  },
  {
    defect: "deletes by prefix",
    caughtBy: "blobs › deleting removes the named blobs and no other",
    mutate: withBlobs((blobs) => ({
      deleteMany: async (keys, options) => {
        for (const key of keys) {
          for await (const batch of blobs.list({ gte: key, lt: `${key}\x7f` })) {
            await blobs.deleteMany(
              batch.map((entry) => entry.key),
              options,
            );
          }
        }
      },
    })),
  },
  {
    defect: "loses the last batch of a listing",
    caughtBy: "blob listing › batches of every size together hold each entry once",
    mutate: withBlobs((blobs) => ({
      list: (range, options) => dropLastBatch(blobs.list(range, options)),
    })),
  },
  {
    defect: "ends every listing with an empty batch",
    caughtBy: "blob listing › batches of every size together hold each entry once",
    mutate: withBlobs((blobs) => ({
      list: async function* (range, options) {
        yield* blobs.list(range, options);
        yield [];
      },
    })),
  },
  {
    defect: "lists in the order of the user's language",
    caughtBy: "blob listing › entries come in key order with their lengths",
    mutate: withBlobs((blobs) => ({
      list: (range, options) =>
        mapBatches(blobs.list(range, options), (batch) =>
          batch.toSorted((left, right) => left.key.localeCompare(right.key, "en")),
        ),
    })),
  },
  {
    defect: "includes the upper end of a range",
    caughtBy: "blob listing › ranges are half-open, with open, foreign, equal and inverted ends",
    mutate: withBlobs((blobs) => ({
      list: (range, options) =>
        blobs.list(range.lt === undefined ? range : { ...range, lt: `${range.lt}!` }, options),
    })),
  },
  {
    defect: "lists backwards when the ends are inverted",
    caughtBy: "blob listing › ranges are half-open, with open, foreign, equal and inverted ends",
    mutate: withBlobs((blobs) => ({
      list: ({ gte, lt }: KeyRange, options) =>
        gte !== undefined && lt !== undefined && gte > lt
          ? blobs.list({ gte: lt, lt: gte }, options)
          : blobs.list({ ...(gte && { gte }), ...(lt && { lt }) }, options),
    })),
  },
  {
    defect: "goes on by position when entries were deleted",
    caughtBy: "blob listing › what stays untouched is listed once while others come and go",
    mutate: withBlobs((blobs) => ({
      list: async function* (range, options) {
        const size = options?.batchSize ?? 1_000;
        for (let start = 0; ; start += size) {
          const all = [];
          for await (const batch of blobs.list(range, options)) all.push(...batch);
          if (start >= all.length) return;
          yield all.slice(start, start + size);
        }
      },
    })),
  },
];
