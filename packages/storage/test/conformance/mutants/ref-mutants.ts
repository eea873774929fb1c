import { StorageError, type RefStore, type RefToken } from "../../../src/index.ts";
import { dropLastBatch, withRefs, type Mutant } from "./mutant.ts";

export const refMutants: readonly Mutant[] = [
  {
    defect: "ignores the token",
    caughtBy: "refs › an old token fits nothing, for replace and for delete",
    mutate: withRefs((refs) => ({
      compareAndSet: async (key, expected, next, options) => {
        const token = expected === undefined ? undefined : (await refs.read(key))?.token;
        return token === undefined && expected !== undefined
          ? { swapped: false }
          : refs.compareAndSet(key, token, next, options);
      },
    })),
  },
  {
    defect: "makes tokens from values",
    caughtBy: "refs › a record that returns to an earlier value has another token",
    mutate: withRefs(withTokens((value) => value.join())),
  },
  {
    defect: "numbers the states of each record alone",
    caughtBy: "refs › the token of another record fits nothing",
    mutate: withRefs(withRecordVersions),
  },
  {
    defect: "creates over an existing record",
    caughtBy: "refs › a create fails when the record exists and changes nothing",
    mutate: withRefs((refs) => ({
      compareAndSet: async (key, expected, next, options) =>
        refs.compareAndSet(key, expected ?? (await refs.read(key))?.token, next, options),
    })),
  },
  {
    defect: "creates a missing record with a stale token",
    caughtBy: "refs › a replace or delete fails when the record does not exist",
    mutate: withRefs((refs) => ({
      compareAndSet: async (key, expected, next, options) => {
        const there = await refs.read(key);
        if (there === undefined && next === undefined) return { swapped: true, token: undefined };
        return refs.compareAndSet(key, there === undefined ? undefined : expected, next, options);
      },
    })),
  },
  {
    defect: "loses updates between compare and set",
    caughtBy: "ref races › a counter incremented by parallel loops loses no update",
    mutate: withRefs(withGapBetweenCompareAndSet),
  },
  {
    defect: "lets several parallel replaces win",
    caughtBy: "ref races › of parallel replaces of one state exactly one wins, again and again",
    mutate: withRefs(withGapBetweenCompareAndSet),
  },
  {
    defect: "takes an empty value for a delete",
    caughtBy: "refs › an empty value is a value",
    mutate: withRefs((refs) => ({
      read: async (key, options) => {
        const ref = await refs.read(key, options);
        return ref?.value.byteLength === 0 ? undefined : ref;
      },
    })),
  },
  {
    defect: "throws when the record was not in the expected state",
    caughtBy: "refs › an old token fits nothing, for replace and for delete",
    mutate: withRefs((refs) => ({
      compareAndSet: async (key, expected, next, options) => {
        const result = await refs.compareAndSet(key, expected, next, options);
        if (!result.swapped) throw new StorageError("conflict", "not in the expected state");
        return result;
      },
    })),
  },
  {
    defect: "serves reads from a cache that writes do not touch",
    caughtBy: "refs › a record is created, replaced and deleted",
    mutate: withRefs((refs) => {
      const cache = new Map<string, ReturnType<RefStore["read"]>>();
      return {
        read: (key, options) => {
          const there = cache.get(key) ?? refs.read(key, options);
          cache.set(key, there);
          return there;
        },
      };
    }),
  },
  {
    defect: "lists other tokens than it reads",
    caughtBy: "refs › the token of a swap, of a read and of a listing are the same",
    mutate: withRefs((refs) => ({
      list: async function* (range, options) {
        for await (const batch of refs.list(range, options)) {
          yield batch.map((entry) => ({ ...entry, token: `"${entry.token}"` as RefToken }));
        }
      },
    })),
  },
  {
    defect: "lists one batch only",
    caughtBy: "refs › more than a hundred records are listed with the default batches",
    mutate: withRefs((refs) => ({
      list: (range, options) => dropLastBatch(refs.list(range, options)),
    })),
  },
  {
    defect: "lets a delete and a replace both win",
    caughtBy: "ref races › a delete and replaces race for one state and one wins",
    mutate: withRefs(withGapBetweenCompareAndSet),
  },
];

/** Tokens derived from the value, checked by comparing them with the record as it is now. */
function withTokens(tokenOf: (value: Uint8Array) => string) {
  return (refs: RefStore): Partial<RefStore> => ({
    read: async (key, options) => {
      const ref = await refs.read(key, options);
      return ref && { value: ref.value, token: tokenOf(ref.value) as RefToken };
    },
    compareAndSet: async (key, expected, next, options) => {
      const there = await refs.read(key);
      if (there === undefined ? expected !== undefined : tokenOf(there.value) !== expected) {
        return { swapped: false };
      }
      const result = await refs.compareAndSet(key, there?.token, next, options);
      if (!result.swapped) return result;
      return { swapped: true, token: next && (tokenOf(next) as RefToken) };
    },
  });
}

function withRecordVersions(refs: RefStore): Partial<RefStore> {
  const versions = new Map<string, number>();
  const own = (key: string): RefToken => String(versions.get(key) ?? 0) as RefToken;
  return {
    compareAndSet: async (key, expected, next, options) => {
      const there = await refs.read(key);
      if ((there === undefined ? undefined : own(key)) !== expected) return { swapped: false };
      const result = await refs.compareAndSet(key, there?.token, next, options);
      versions.set(key, (versions.get(key) ?? 0) + 1);
      return result.swapped && next !== undefined ? { swapped: true, token: own(key) } : result;
    },
  };
}

function withGapBetweenCompareAndSet(refs: RefStore): Partial<RefStore> {
  return {
    compareAndSet: async (key, expected, next, options) => {
      const there = await refs.read(key);
      if (there?.token !== expected) return { swapped: false };
      for (;;) {
        const now = await refs.read(key);
        if (now === undefined && next === undefined) return { swapped: true, token: undefined };
        const result = await refs.compareAndSet(key, now?.token, next, options);
        if (result.swapped) return result;
      }
    },
  };
}
