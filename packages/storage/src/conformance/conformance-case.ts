import type { Store } from "../store.ts";

/** Registers one case. Its body gets an empty store of its own, which is closed afterwards. */
export type AddCase = (name: string, body: (store: Store) => Promise<void>) => void;
