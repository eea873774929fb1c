/** The parts of a store that a dump needs; test code may not depend on the storage package, which depends on it. */
export interface DumpableStore {
  readonly blobs: {
    get(key: never): Promise<Uint8Array | undefined>;
    putNew(key: never, bytes: Uint8Array): Promise<void>;
    list(range: object): AsyncIterable<readonly { readonly key: string }[]>;
  };
  readonly refs: {
    compareAndSet(key: never, expected: undefined, next: Uint8Array): Promise<unknown>;
    list(
      range: object,
    ): AsyncIterable<readonly { readonly key: string; readonly value: Uint8Array }[]>;
  };
}

/** Everything in the blob and ref stores of a small store, in base64, by key. */
export interface StoreDump {
  readonly blobs: Readonly<Record<string, string>>;
  readonly refs: Readonly<Record<string, string>>;
}

/** The store's whole content, for golden files. */
export async function dumpStore(store: DumpableStore): Promise<StoreDump> {
  const blobs: Record<string, string> = {};
  const refs: Record<string, string> = {};
  for await (const batch of store.blobs.list({})) {
    for (const { key } of batch) {
      const bytes = (await store.blobs.get(key as never)) ?? new Uint8Array();
      blobs[key] = Buffer.from(bytes).toString("base64");
    }
  }
  for await (const batch of store.refs.list({})) {
    for (const { key, value } of batch) refs[key] = Buffer.from(value).toString("base64");
  }
  return { blobs, refs };
}

/** Fills an empty store with what {@link dumpStore} gave. */
export async function loadStore(dump: StoreDump, store: DumpableStore): Promise<void> {
  for (const [key, text] of Object.entries(dump.blobs)) {
    await store.blobs.putNew(key as never, new Uint8Array(Buffer.from(text, "base64")));
  }
  for (const [key, text] of Object.entries(dump.refs)) {
    const value = new Uint8Array(Buffer.from(text, "base64"));
    await store.refs.compareAndSet(key as never, undefined, value);
  }
}
