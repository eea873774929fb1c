import type { RefStore } from "@foretile/storage";

export interface RacingRefs {
  readonly refs: RefStore;
  /** What others do, one after the other, each right before a head is changed through `refs`. */
  readonly races: (() => Promise<unknown>)[];
}

/** Refs in front of which others are always a little quicker. */
export function racingRefs(refs: RefStore): RacingRefs {
  const races: (() => Promise<unknown>)[] = [];
  return {
    races,
    refs: {
      capabilities: refs.capabilities,
      read: (...call) => refs.read(...call),
      list: (...call) => refs.list(...call),
      compareAndSet: async (key, ...call) => {
        if (/^h\//i.test(key)) await races.shift()?.();
        return refs.compareAndSet(key, ...call);
      },
    },
  };
}
