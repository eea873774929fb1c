import type { Random } from "@foretile/resilience";
import { createSeededRandom } from "@foretile/testkit";
import {
  isVersionStoreError,
  type CommitResult,
  type Library,
  type VersionStoreErrorCode,
} from "@foretile/version-store";

import { tellOutcome } from "./named-commit.ts";
import { seedOf } from "./named-segments.ts";
import {
  FLEETING_SYMBOLS,
  FRAME_SYMBOLS,
  ownSymbol,
  rulesOf,
  SHARED_SYMBOLS,
  wideSymbol,
} from "./storm-symbols.ts";
import type { StormLine } from "./told-lines.ts";
import { tell } from "./worker-side.ts";

/** More are not made before one is deleted. */
const MOST_SNAPSHOTS = 4;

/** Waits for snapshots that are being made at most this long; some collections do not wait. */
const LONGEST_WAIT_MS = 1500;

/** What one keeper does, action by action: it makes and deletes snapshots, removes versions, collects, and checks. */
export class KeeperActions {
  readonly #library: Library;
  readonly #life: string;
  readonly #prunedSymbols: readonly string[];

  /**
   * @param life no two processes of a storm have the same
   * @param writers whose symbols it keeps small
   */
  constructor(library: Library, life: string, writers: readonly string[]) {
    this.#library = library;
    this.#life = life;
    this.#prunedSymbols = [
      ...SHARED_SYMBOLS,
      ...FRAME_SYMBOLS,
      ...writers.map(ownSymbol),
      ...writers.map(wideSymbol),
    ];
  }

  async perform(number: number): Promise<void> {
    const name = `${this.#life}.${number}`;
    const random = createSeededRandom(seedOf(name));
    const actions = [
      () => this.#changeSnapshots(name, random),
      () => this.#prune(random),
      () => this.#prune(random),
      () => this.#delete(`${name}.0`, random),
      () => this.#undelete(random),
      () => this.#collect(random),
      () => this.#collect(random),
      () => this.#check(),
    ];
    await oneOf(actions, random)?.();
  }

  async #changeSnapshots(name: string, random: Random): Promise<void> {
    const names: string[] = [];
    for await (const batch of this.#library.listSnapshots()) {
      names.push(...batch.flatMap((listed) => (listed.name === undefined ? [] : [listed.name])));
    }
    const old = oneOf(names, random);
    if (old !== undefined && names.length >= MOST_SNAPSHOTS) {
      tellStorm({ did: "dropping", name: old });
      // Another keeper may have chosen the same.
      await unlessRefused(["no-such-snapshot"], () => this.#library.deleteSnapshot(old));
      return;
    }
    const made = await unlessRefused(["transaction-expired", "concurrent-modification"], () =>
      this.#library.snapshot(name),
    );
    if (made === undefined) tellStorm({ did: "dropping", name });
    else tellStorm({ did: "snapshot", name, pins: await this.#pinsOf(name) });
  }

  async #pinsOf(name: string): Promise<Record<string, string>> {
    const pins: Record<string, string> = {};
    await unlessRefused(["no-such-snapshot"], async () => {
      for await (const batch of this.#library.listSnapshotSymbols(name)) {
        for (const { symbol, entry } of batch) pins[symbol] = entry.commitId;
      }
    });
    return pins;
  }

  async #prune(random: Random): Promise<void> {
    const symbol = oneOf(this.#prunedSymbols, random) ?? "";
    const { keepLast } = rulesOf(symbol);
    const pruned = await unlessRefused(["concurrent-modification", "transaction-expired"], () =>
      this.#library.prune(symbol, { keepLast }),
    );
    if (pruned?.cleanupError !== undefined) throw pruned.cleanupError;
    tellStorm({ did: "pruned", count: pruned?.removed.length ?? 0 });
  }

  async #delete(name: string, random: Random): Promise<void> {
    const symbol = oneOf(FLEETING_SYMBOLS, random) ?? "";
    tellStorm({ did: "deleting", symbol });
    const deletion = (): Promise<CommitResult> => this.#library.delete(symbol, { message: name });
    await tellOutcome(name, symbol, deletion, ["no-data-found"]);
  }

  async #undelete(random: Random): Promise<void> {
    const symbol = oneOf(FLEETING_SYMBOLS, random) ?? "";
    tellStorm({ did: "deleting", symbol });
    const codes = ["no-data-found", "concurrent-modification", "transaction-expired"] as const;
    const back = await unlessRefused(codes, () => this.#library.undelete(symbol));
    if (back?.cleanupError !== undefined) throw back.cleanupError;
    tellStorm({ did: "undeleted", count: back?.restored ?? 0 });
  }

  async #collect(random: Random): Promise<void> {
    const waitMs = random.nextUint32() % 2 === 0 ? 0 : LONGEST_WAIT_MS;
    const report = await unlessRefused(["concurrent-modification"], () =>
      this.#library.collect({ force: true, waitMs }),
    );
    tellStorm({ did: "collected", count: report?.versions ?? 0 });
  }

  /** What others change meanwhile is no damage. */
  async #check(): Promise<void> {
    const { findings, versions } = await this.#library.fsck({ level: 1 });
    for (const finding of findings) {
      if (finding.severity !== "error") continue;
      tellStorm({ did: "found", problem: `${this.#life}: ${JSON.stringify(finding)}` });
    }
    tellStorm({ did: "checked", count: versions });
  }
}

/** The result of a call, or `undefined` when it was refused with one of these codes. */
async function unlessRefused<T>(
  codes: readonly VersionStoreErrorCode[],
  call: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (!isVersionStoreError(error, ...codes)) throw error;
    tellStorm({ did: "gave up", count: 0 });
    return undefined;
  }
}

function oneOf<T>(choice: readonly T[], random: Random): T | undefined {
  return choice[random.nextUint32() % choice.length];
}

function tellStorm(line: StormLine): void {
  tell(line);
}
