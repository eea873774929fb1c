import type { CopyOptions, CopyProblem, CopyReport } from "./copy-options.ts";

/** Counts what a copy does and tells how far it is. */
export class CopyTally {
  readonly #options: CopyOptions;
  readonly #maxProblems: number;
  readonly #problems: CopyProblem[] = [];
  #problemCount = 0;
  readonly symbols = { found: 0, copied: 0 };
  readonly versions = { copied: 0, present: 0, verified: 0 };
  readonly segments = { blobs: 0, bytes: 0 };
  readonly snapshots = { copied: 0, present: 0 };
  unverifiedSegments = 0;
  totalSymbols: number | undefined;
  /** Symbols that are done with. */
  #done = 0;

  constructor(options: CopyOptions, maxProblems: number) {
    this.#options = options;
    this.#maxProblems = maxProblems;
  }

  addProblem(problem: CopyProblem): void {
    this.#problemCount += 1;
    if (this.#problems.length < this.#maxProblems) this.#problems.push(problem);
    this.#options.onProblem?.(problem);
  }

  addSegment(bytes: number, isVerified: boolean): void {
    this.segments.blobs += 1;
    this.segments.bytes += bytes;
    if (!isVerified) this.unverifiedSegments += 1;
    this.#tell();
  }

  endSymbol(copied: number): void {
    this.#done += 1;
    if (copied > 0) this.symbols.copied += 1;
    this.#tell();
  }

  report(): CopyReport {
    const { symbols, versions, segments, snapshots, unverifiedSegments } = this;
    return {
      dryRun: this.#options.dryRun ?? false,
      symbols: { ...symbols },
      versions: { ...versions },
      segments: { ...segments },
      unverifiedSegments,
      snapshots: { ...snapshots },
      problems: this.#problems,
      problemCount: this.#problemCount,
    };
  }

  #tell(): void {
    this.#options.onProgress?.({
      symbols: this.#done,
      totalSymbols: this.totalSymbols,
      versions: this.versions.copied,
      bytes: this.segments.bytes,
    });
  }
}
