import type { Catalog } from "../catalog.ts";

/** Registers one case. Its body gets an empty catalog of its own, which is closed afterwards. */
export type AddCase = (name: string, body: (catalog: Catalog) => Promise<void>) => void;
