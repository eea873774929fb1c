/** Lets calls of one key run one after another, in the order they came; those of different keys do not wait. */
export interface SerialByKey {
  run<T>(key: string, operation: () => Promise<T>): Promise<T>;
}

export function createSerialByKey(): SerialByKey {
  const last = new Map<string, Promise<unknown>>();
  return {
    run: async (key, operation) => {
      const before = last.get(key);
      const call = before === undefined ? operation() : before.then(operation, operation);
      last.set(key, call);
      try {
        return await call;
      } finally {
        if (last.get(key) === call) last.delete(key);
      }
    },
  };
}
