import { AppError } from "../failure/app-error.ts";
import { lmdbScheme } from "./lmdb-scheme.ts";
import { memoryScheme } from "./memory-scheme.ts";
import type { StoreScheme } from "./store-scheme.ts";

/** Every back end the programs can open. A later one joins here with a file of its own. */
const schemes: readonly StoreScheme[] = [lmdbScheme, memoryScheme];

/** A store URL taken apart. */
export interface StoreLocation {
  readonly scheme: StoreScheme;
  /** What follows the colon, as it was written: nothing is unescaped. */
  readonly location: string;
}

const pattern = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s;

/** The forms of a store URL, for help texts: `lmdb:PATH, memory:[NAME]`. */
export function storeUrlForms(): string {
  return schemes.map(({ name, placeholder }) => `${name}:${placeholder}`).join(", ");
}

/**
 * Reads a store URL, `SCHEME:LOCATION`.
 *
 * @throws {AppError} `invalid-store-url` where there is no scheme, `unknown-scheme` for one that is not in the table
 */
export function parseStoreUrl(url: string): StoreLocation {
  const [, name, location] = pattern.exec(url) ?? [];
  if (name === undefined || location === undefined) {
    throw new AppError("invalid-store-url", `store URL has no scheme url=${JSON.stringify(url)}`, {
      hint:
        url === ""
          ? `known: ${storeUrlForms()}`
          : `did you mean lmdb:${url}? known: ${storeUrlForms()}`,
    });
  }
  const scheme = schemes.find((candidate) => candidate.name === name.toLowerCase());
  if (scheme === undefined) {
    throw new AppError("unknown-scheme", `no such kind of store scheme=${name}`, {
      hint: `known: ${storeUrlForms()}`,
    });
  }
  return { scheme, location };
}
