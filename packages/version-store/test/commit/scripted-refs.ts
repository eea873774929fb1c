import { StorageError, type CompareAndSetResult, type Ref, type RefStore } from "@foretile/storage";

type CasStep = (perform: () => Promise<CompareAndSetResult>) => Promise<CompareAndSetResult>;
type ReadStep = (perform: () => Promise<Ref | undefined>) => Promise<Ref | undefined>;

/** A ref store of which a test decides call by call what becomes of the changes and reads of heads, or other records. */
export interface ScriptedRefs {
  readonly refs: RefStore;
  /** What becomes of the next compare-and-sets of these records; the ones after that are performed. */
  readonly changes: CasStep[];
  /** What becomes of the next reads of these records. */
  readonly reads: ReadStep[];
  /** Changes that are still on their way. */
  readonly late: (() => Promise<unknown>)[];
  /** Lets what is on its way arrive. */
  arrive(): Promise<void>;
}

/** @param prefix of the records' keys; default: heads */
export function scriptRefs(below: RefStore, prefix = "h/"): ScriptedRefs {
  const scripted: ScriptedRefs = {
    changes: [],
    reads: [],
    late: [],
    arrive: async () => {
      for (const request of scripted.late.splice(0)) await request();
    },
    refs: {
      capabilities: below.capabilities,
      list: (range, options) => below.list(range, options),
      read: (key, options) => {
        const perform = (): Promise<Ref | undefined> => below.read(key, options);
        const step = key.startsWith(prefix) ? scripted.reads.shift() : undefined;
        return step === undefined ? perform() : step(perform);
      },
      compareAndSet: (key, expected, next, options) => {
        const perform = (): Promise<CompareAndSetResult> =>
          below.compareAndSet(key, expected, next, options);
        const step = key.startsWith(prefix) ? scripted.changes.shift() : undefined;
        return step === undefined ? perform() : step(perform);
      },
    },
  };
  return scripted;
}

/** A call whose outcome its caller is not told. */
export function noReply(): StorageError {
  return new StorageError("timeout", "no reply", { retry: "unknown-outcome" });
}

/** It happens, and its caller does not hear of it. */
export const loseReply: CasStep = async (perform) => {
  await perform();
  throw noReply();
};

/** It does not happen, and its caller does not hear of it. */
export const loseRequest: CasStep = async () => {
  throw noReply();
};

/** It surely does not happen: the store says so. */
export const refuse: CasStep = async () => {
  throw new StorageError("full", "no room left");
};

/** It fails, and says that it may be repeated. */
export const failSafely: CasStep = async () => {
  throw new StorageError("unavailable", "try again", { retry: "safe" });
};

/** Its caller is told of an unknown outcome while it is still on its way. */
export function arriveLate(scripted: ScriptedRefs): CasStep {
  return async (perform) => {
    scripted.late.push(perform);
    throw noReply();
  };
}

/** It happens, and a copy of it is still on its way. */
export function duplicate(scripted: ScriptedRefs): CasStep {
  return async (perform) => {
    const result = await perform();
    scripted.late.push(perform);
    return result;
  };
}

/** A read that fails, as of a store that does not answer. */
export const silent = (): Promise<never> => Promise.reject(new Error("no answer"));

/** Runs `first` before the call. */
export function after(first: () => Promise<unknown>, then?: CasStep): CasStep {
  return async (perform) => {
    await first();
    return then === undefined ? perform() : then(perform);
  };
}
