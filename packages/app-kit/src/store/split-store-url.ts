import { AppError } from "../failure/app-error.ts";
import type { StoreScheme } from "./store-scheme.ts";

/** A store URL taken apart. */
export interface StoreLocation {
  readonly scheme: StoreScheme;
  /** What follows the colon, as it was written: nothing is unescaped. */
  readonly location: string;
}

const pattern = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s;

/** The forms of the URLs of some schemes: `lmdb:PATH, memory:[NAME]`. */
export function formsOf(schemes: readonly StoreScheme[]): string {
  return schemes.map(({ name, placeholder }) => `${name}:${placeholder}`).join(", ");
}

/**
 * Reads a store URL, `SCHEME:LOCATION`, of one of `schemes`.
 *
 * @throws {AppError} `invalid-store-url` where there is no scheme, `unknown-scheme` for another one
 */
export function splitStoreUrl(url: string, schemes: readonly StoreScheme[]): StoreLocation {
  const known = formsOf(schemes);
  const [, name, location] = pattern.exec(url) ?? [];
  if (name === undefined || location === undefined) {
    throw new AppError("invalid-store-url", `store URL has no scheme url=${JSON.stringify(url)}`, {
      hint: url === "" ? `known: ${known}` : `did you mean lmdb:${url}? known: ${known}`,
    });
  }
  const scheme = schemes.find((candidate) => candidate.name === name.toLowerCase());
  if (scheme === undefined) {
    throw new AppError("unknown-scheme", `no such kind of store scheme=${name}`, {
      hint: `known: ${known}`,
    });
  }
  return { scheme, location };
}
