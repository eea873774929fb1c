import { toHex, type VersionEntry } from "@foretile/version-store";

import type { CommitLine, CommittedLine, StormLine } from "./told-lines.ts";

/** Everything the processes of a storm told, and what follows from it. */
export class StormLedger {
  readonly #commits = new Map<string, CommitLine>();
  readonly #placesTaken = new Map<string, string>();
  readonly #commitIds = new Set<string>();
  /** The last action that a life told of. */
  readonly #lastActions = new Map<string, number>();
  readonly #snapshots = new Map<string, Readonly<Record<string, string>>>();
  readonly #dropped = new Set<string>();
  /** Symbols that somebody set out to delete since the last look. */
  readonly #deleted = new Set<string>();
  readonly #deletedUpTo = new Map<string, number>();
  readonly #counts = new Map<StormLine["did"], number>();
  /** What processes found wrong, and where what they told contradicts itself. */
  readonly problems: string[] = [];

  hear(line: StormLine): void {
    this.#counts.set(line.did, this.count(line.did) + 1);
    if (line.did === "committed" || line.did === "refused") this.#hearCommit(line);
    else if (line.did === "snapshot") this.#snapshots.set(line.name, line.pins);
    else if (line.did === "dropping") this.#dropped.add(line.name);
    else if (line.did === "deleting") this.#deleted.add(line.symbol);
    else if (line.did === "found") this.problems.push(line.problem);
  }

  /** How many lines of a kind there were. */
  count(did: StormLine["did"]): number {
    return this.#counts.get(did) ?? 0;
  }

  /** Acknowledged commits of one symbol, by their versions. */
  committed(symbol: string): readonly CommittedLine[] {
    const lines: CommittedLine[] = [];
    for (const line of this.#commits.values()) {
      if (line.did === "committed" && line.symbol === symbol) lines.push(line);
    }
    return lines.toSorted((left, right) => left.version - right.version);
  }

  /**
   * The highest version that may have gone with its symbol. Nothing may run while this is asked.
   *
   * @param last the symbol's newest version now
   */
  deletedUpTo(symbol: string, last: number): number {
    if (this.#deleted.delete(symbol)) this.#deletedUpTo.set(symbol, last);
    return this.#deletedUpTo.get(symbol) ?? 0;
  }

  /** What the snapshots pin that were made and that nobody set out to delete. */
  get snapshots(): ReadonlyMap<string, Readonly<Record<string, string>>> {
    return new Map([...this.#snapshots].filter(([name]) => !this.#dropped.has(name)));
  }

  /** Why a commit may not be visible, `undefined` when it may. */
  objectionTo(name: string): string | undefined {
    const line = this.#commits.get(name);
    if (line?.did === "refused") return `its writer was told that it failed code=${line.code}`;
    return line !== undefined || this.#mayBeUntold(name) ? undefined : "nobody made it";
  }

  /** Why a version may not be there as it was found, `undefined` when all is well. */
  objectionToVersion(symbol: string, entry: VersionEntry): string | undefined {
    const name = entry.message ?? "";
    const line = this.#commits.get(name);
    if (line?.did !== "committed") return this.objectionTo(name);
    return line.symbol === symbol &&
      line.version === entry.version &&
      line.commitId === entry.commitId &&
      line.content === toHex(entry.contentHash)
      ? undefined
      : `its writer was told otherwise told=${JSON.stringify(line)}`;
  }

  /**
   * Only what a writer was in the middle of when it died: part of the action that it told of last, or of a later one;
   * there may be some between that found nothing to do and told nothing.
   */
  #mayBeUntold(name: string): boolean {
    const { life, action } = partsOf(name);
    const last = this.#lastActions.get(life) ?? -1;
    // Keepers do not tell of every action by its number.
    return life.startsWith("keeper") || action >= last;
  }

  #hearCommit(line: CommitLine): void {
    const { name } = line;
    if (this.#commits.has(name)) this.problems.push(`told twice name=${name}`);
    this.#commits.set(name, line);
    const { life, action } = partsOf(name);
    this.#lastActions.set(life, Math.max(action, this.#lastActions.get(life) ?? 0));
    if (line.did === "committed") this.#hearCommitted(line);
  }

  #hearCommitted({ name, symbol, version, commitId }: CommittedLine): void {
    const place = `${symbol}@${version}`;
    const other = this.#placesTaken.get(place);
    if (other !== undefined) this.problems.push(`two commits are ${place}: ${other}, ${name}`);
    this.#placesTaken.set(place, name);
    if (this.#commitIds.has(commitId)) this.problems.push(`commit id came twice id=${commitId}`);
    this.#commitIds.add(commitId);
  }
}

/** The parts of a commit's name, `<writer>.<life>.<action>.<commit>`. */
function partsOf(name: string): { readonly life: string; readonly action: number } {
  const [writer, life, action] = name.split(".");
  return { life: `${writer}.${life}`, action: Number(action) };
}
