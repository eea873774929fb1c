import type { Random } from "@foretile/resilience";
import { isVersionStoreError, type Library } from "@foretile/version-store";

import { VersionChecker, type VersionName } from "./check-version.ts";
import { rulesOf } from "./storm-symbols.ts";

/** A version that goes on being listed but cannot be read is tried this often: it may be deleted and taken back. */
const MAX_TRIES = 3;

interface ListedPlace {
  readonly symbol: string;
  readonly asOf: VersionName;
  readonly commitId: string;
}

/** Reads versions at random while others write and remove them. */
export class RandomReader {
  readonly #library: Library;
  readonly #random: Random;
  /** The newest version with a value of each symbol at the last look. */
  readonly #newest = new Map<string, number>();

  constructor(library: Library, random: Random) {
    this.#library = library;
    this.#random = random;
  }

  /** Reads one version by its number. @returns what is wrong */
  async readVersion(): Promise<string[]> {
    const symbols: string[] = [];
    for await (const batch of this.#library.listSymbols()) {
      for (const { symbol } of batch) {
        if (symbol === undefined) return ["a head cannot be read"];
        symbols.push(symbol);
      }
    }
    const symbol = this.#oneOf(symbols);
    if (symbol === undefined) return [];
    const places = await this.#versionsOf(symbol);
    const wrong = await this.#check(this.#oneOf(places), () => this.#versionsOf(symbol));
    if (rulesOf(symbol).isDeleted) return wrong;
    const newest = Number(places[0]?.asOf ?? 0);
    const before = this.#newest.get(symbol) ?? 0;
    this.#newest.set(symbol, newest);
    if (newest < before) wrong.push(`${symbol}: newest was ${before}, is ${newest}`);
    return wrong;
  }

  /** Reads one version by a snapshot. @returns what is wrong */
  async readPinned(): Promise<string[]> {
    const names: string[] = [];
    for await (const batch of this.#library.listSnapshots()) {
      for (const { name } of batch) {
        if (name === undefined) return ["a snapshot cannot be read"];
        names.push(name);
      }
    }
    const name = this.#oneOf(names);
    if (name === undefined) return [];
    const places = await this.#pinsOf(name);
    return this.#check(this.#oneOf(places), () => this.#pinsOf(name));
  }

  async #check(
    place: ListedPlace | undefined,
    list: () => Promise<readonly ListedPlace[]>,
  ): Promise<string[]> {
    if (place === undefined) return [];
    const { symbol, asOf, commitId } = place;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const problems = await new VersionChecker(this.#library).problems(symbol, asOf, commitId);
        return problems.map((problem) => `${symbol} ${JSON.stringify(asOf)}: ${problem}`);
      } catch (error) {
        if (!isGone(error)) throw error;
        // What was removed while it was read may be gone in any way; what is still there may not.
        if (!(await list()).some((other) => other.commitId === commitId)) return [];
        if (attempt === MAX_TRIES) return [`${symbol} ${JSON.stringify(asOf)}: ${String(error)}`];
      }
    }
  }

  /** Newest first, without those that say that there is no value. */
  async #versionsOf(symbol: string): Promise<ListedPlace[]> {
    const places: ListedPlace[] = [];
    for await (const batch of this.#library.listVersions(symbol, { skipSnapshots: true })) {
      for (const { version, commitId, deleted } of batch) {
        if (!deleted) places.push({ symbol, asOf: version, commitId });
      }
    }
    return places;
  }

  async #pinsOf(snapshot: string): Promise<ListedPlace[]> {
    const places: ListedPlace[] = [];
    try {
      for await (const batch of this.#library.listSnapshotSymbols(snapshot)) {
        for (const { symbol, entry } of batch) {
          places.push({ symbol, asOf: { snapshot }, commitId: entry.commitId });
        }
      }
    } catch (error) {
      if (!isVersionStoreError(error, "no-such-snapshot")) throw error;
    }
    return places;
  }

  #oneOf<T>(choice: readonly T[]): T | undefined {
    return choice[this.#random.nextUint32() % choice.length];
  }
}

function isGone(error: unknown): boolean {
  return isVersionStoreError(
    error,
    "no-data-found",
    "no-such-snapshot",
    "version-expired",
    "data-integrity",
  );
}
