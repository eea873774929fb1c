import type { CommitBase } from "../commit/commit-base.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { readEffect, type Effect } from "./effect.ts";

/**
 * Says whether a change still holds after another one that was made in the meantime.
 *
 * @param operation what the other one did; `removed` when versions were removed so that nobody can tell
 * @param effect reads where it did so; `undefined` for the whole value
 */
export type Judge = (
  operation: VersionEntry["operation"] | "removed",
  effect: () => Promise<Effect | undefined>,
) => boolean | Promise<boolean>;

/**
 * Which version a change was first based on, so that what others do before it is published does not go unnoticed.
 */
export class FirstLook {
  /** The version that was seen; 0 for no value; `undefined` before the first look. */
  #seen: number | undefined;

  /** @param newest the newest version with a value */
  see(newest: Pick<VersionEntry, "version"> | undefined): void {
    this.#seen ??= newest?.version ?? 0;
  }

  /**
   * Compares with the first look; a first call is that look.
   *
   * @throws {VersionStoreError} `concurrent-modification` when others did something that `holdsAfter` refuses
   */
  async compare(symbol: string, base: CommitBase, holdsAfter: Judge): Promise<void> {
    const { newest } = base;
    const live = newest?.operation === "delete" ? undefined : newest;
    if (this.#seen === undefined) return this.see(live);
    const found = newest?.version ?? 0;
    if (found === this.#seen || (this.#seen === 0 && live === undefined)) return;
    const others = await this.#others(base, this.#seen);
    const isComplete = this.#seen === 0 || others.length === found - this.#seen;
    if (!isComplete && !(await holdsAfter("removed", noEffect))) {
      throw conflict(symbol, found, "removed");
    }
    for (const other of others) {
      const { operation, version } = other;
      const effect = async (): Promise<Effect | undefined> =>
        readEffect((await base.recordOf(other)).effect);
      if (!(await holdsAfter(operation, effect))) throw conflict(symbol, version, operation);
    }
  }

  /** What was published since, newest first. */
  async #others(base: CommitBase, seen: number): Promise<readonly VersionEntry[]> {
    const later = await base.since(seen);
    if (seen > 0) return later;
    const deleted = later.findIndex(({ operation }) => operation === "delete");
    return deleted < 0 ? later : later.slice(0, deleted);
  }
}

async function noEffect(): Promise<undefined> {
  return undefined;
}

function conflict(symbol: string, version: number, operation: string): VersionStoreError {
  return new VersionStoreError(
    "concurrent-modification",
    `others changed the value meanwhile; look at it and start again symbol=${JSON.stringify(symbol)} version=${version} operation=${operation}`,
    { details: { symbol, version, operation } },
  );
}
