import type { Frame, Library, VersionEntry } from "@foretile/version-store";

import { problemsOfRows } from "./check-rows.ts";
import { VersionChecker, type VersionName } from "./check-version.ts";
import { rowNames } from "./frame-rows.ts";
import { nameOf } from "./named-segments.ts";
import type { StormLedger } from "./storm-ledger.ts";
import { rulesOf } from "./storm-symbols.ts";
import type { CommittedLine } from "./told-lines.ts";

/**
 * Compares what a library lists with what was told of it. Every version was made by somebody, is whole, and comes after
 * the one before; what was acknowledged is there unless it was removed; snapshots have what they pin. Nothing else may
 * run meanwhile. One checker reads the content of a version once.
 */
export class LibraryChecker {
  readonly #library: Library;
  readonly #ledger: StormLedger;
  readonly #versions: VersionChecker;
  /** Ids of commits whose versions were found whole. */
  readonly #whole = new Set<string>();

  constructor(library: Library, ledger: StormLedger) {
    this.#library = library;
    this.#ledger = ledger;
    this.#versions = new VersionChecker(library);
  }

  /** Everything that is wrong. */
  async problems(): Promise<string[]> {
    const wrong = [...this.#ledger.problems];
    for await (const batch of this.#library.listSymbols({ includeDeleted: true })) {
      for (const found of batch) {
        wrong.push(
          ...(found.symbol === undefined
            ? [`head cannot be read key=${found.key} error=${found.error.message}`]
            : await this.#problemsOfSymbol(found.symbol)),
        );
      }
    }
    wrong.push(...(await this.#problemsOfSnapshots()));
    return wrong;
  }

  async #problemsOfSymbol(symbol: string): Promise<string[]> {
    const newestFirst: VersionEntry[] = [];
    const options = { includeDeleted: true, skipSnapshots: true };
    for await (const batch of this.#library.listVersions(symbol, options)) {
      newestFirst.push(...batch);
    }
    const entries = newestFirst.toReversed();
    const wrong = this.#missing(symbol, entries);
    let previous: VersionEntry | undefined;
    for (const entry of entries) {
      const problems = orderProblems(previous, entry);
      previous = entry;
      const objection = this.#ledger.objectionToVersion(symbol, entry);
      if (objection !== undefined) problems.push(objection);
      problems.push(...(await this.#problemsOfContent(symbol, entry, entry.version)));
      wrong.push(...problems.map((problem) => `${symbol}@${entry.version}: ${problem}`));
    }
    if (rulesOf(symbol).appendOnly) wrong.push(...(await this.#problemsOfRows(symbol)));
    return wrong;
  }

  async #problemsOfContent(
    symbol: string,
    entry: Pick<VersionEntry, "commitId" | "operation">,
    asOf: VersionName,
  ): Promise<string[]> {
    const { commitId, operation } = entry;
    if (operation === "delete" || this.#whole.has(commitId)) return [];
    try {
      const problems = await this.#versions.problems(symbol, asOf, commitId);
      if (problems.length === 0) this.#whole.add(commitId);
      return problems;
    } catch (error) {
      return [`cannot be read error=${String(error)}`];
    }
  }

  /** The newest version of an append-only symbol holds the rows of all commits, whichever versions are left. */
  async #problemsOfRows(symbol: string): Promise<string[]> {
    const rows = rulesOf(symbol).isFrame
      ? rowNames((await this.#library.read<Frame>(symbol)).value)
      : (await this.#library.resolve(symbol)).manifest.segments.map(nameOf);
    return problemsOfRows(symbol, rows, this.#ledger).map((problem) => `${symbol}: ${problem}`);
  }

  #missing(symbol: string, entries: readonly VersionEntry[]): string[] {
    const committed = this.#ledger.committed(symbol);
    const last = Math.max(entries.at(-1)?.version ?? 0, committed.at(-1)?.version ?? 0);
    const deletedUpTo = this.#ledger.deletedUpTo(symbol, last);
    const there = new Set(entries.map(({ version }) => version));
    return committed
      .filter(({ version }) => version > deletedUpTo && !there.has(version))
      .filter((line) => !wasPruned(line, entries))
      .map((line) => `acknowledged version is gone ${JSON.stringify(line)}`);
  }

  async #problemsOfSnapshots(): Promise<string[]> {
    const wrong: string[] = [];
    const missing = new Map(this.#ledger.snapshots);
    for await (const batch of this.#library.listSnapshots()) {
      for (const found of batch) {
        if (found.name === undefined) {
          wrong.push(`snapshot cannot be read key=${found.key} error=${found.error.message}`);
          continue;
        }
        const { name } = found;
        wrong.push(...(await this.#problemsOfSnapshot(name, missing.get(name))));
        missing.delete(name);
      }
    }
    for (const name of missing.keys()) wrong.push(`snapshot is gone name=${name}`);
    return wrong;
  }

  async #problemsOfSnapshot(
    name: string,
    told: Readonly<Record<string, string>> | undefined,
  ): Promise<string[]> {
    const wrong: string[] = [];
    const pins: Record<string, string> = {};
    for await (const batch of this.#library.listSnapshotSymbols(name)) {
      for (const { symbol, entry } of batch) {
        pins[symbol] = entry.commitId;
        const objection = this.#ledger.objectionToVersion(symbol, entry);
        const problems = objection === undefined ? [] : [objection];
        problems.push(...(await this.#problemsOfContent(symbol, entry, { snapshot: name })));
        const place = `${name}: ${symbol}@${entry.version}`;
        wrong.push(...problems.map((problem) => `${place}: ${problem}`));
      }
    }
    if (told !== undefined && JSON.stringify(pins) !== JSON.stringify(told)) {
      wrong.push(`${name}: pins ${JSON.stringify(pins)} instead of ${JSON.stringify(told)}`);
    }
    return wrong;
  }
}

/** Whether pruning may have removed a version, given those that are left. */
function wasPruned({ symbol, version, content }: CommittedLine, left: readonly VersionEntry[]) {
  const { keepLast } = rulesOf(symbol);
  if (keepLast === undefined) return false;
  const newer = left.filter((entry) => entry.version > version);
  const deletes = newer.filter(({ operation }) => operation === "delete").length;
  // Of those that say that there is no value, pruning leaves the newest.
  return /^0+$/.test(content) ? deletes > 0 : newer.length - deletes >= keepLast;
}

function orderProblems(previous: VersionEntry | undefined, entry: VersionEntry): string[] {
  return previous === undefined ||
    (previous.version < entry.version && previous.committedAtMs < entry.committedAtMs)
    ? []
    : [`does not come after ${previous.version}`];
}
