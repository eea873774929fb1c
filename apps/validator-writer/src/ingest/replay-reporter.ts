import {
  describeError,
  formatBytes,
  formatCount,
  writeJsonLine,
  writeText,
  type ProgramContext,
} from "@foretile/app-kit";
import type { ReplayOutcome } from "@foretile/prediction-store/saving";
import type { Logger } from "pino";

import { logReplayed } from "../log-replayed.ts";
import { backlogDocument, type Backlog } from "../session/journal-replay.ts";

export interface ReplayReporterOptions {
  /** One JSON line instead of a sentence. */
  readonly json: boolean;
  /** `undefined` on a terminal, where it is text. */
  readonly logger: Logger | undefined;
}

/** Counts what became of the requests of the journal, and tells it. */
export class ReplayReporter {
  readonly #context: ProgramContext;
  readonly #options: ReplayReporterOptions;
  #saved = 0;
  #setAside = 0;

  constructor(context: ProgramContext, options: ReplayReporterOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** Requests that can never be saved. */
  get setAside(): number {
    return this.#setAside;
  }

  add(outcome: ReplayOutcome): void {
    const { logger } = this.#options;
    if (outcome.status === "saved") this.#saved += 1;
    if (outcome.status === "refused") this.#setAside += 1;
    if (logger !== undefined) logReplayed(logger, outcome);
    else if (outcome.status !== "saved") {
      const { number } = outcome.entry;
      this.#warn(`journal entry ${number} is ${outcomeWords[outcome.status]}`, outcome.error);
    }
  }

  catalogAway(message: string): void {
    const { logger } = this.#options;
    const text = `the catalog is away: ${message}`;
    if (logger === undefined) this.#context.stderr.write(`${text}\n`);
    else logger.warn(text);
  }

  /** The last word about the journal, on standard output. */
  async report(backlog: Backlog): Promise<void> {
    const { stdout } = this.#context;
    if (this.#options.json) {
      const counts = { saved_requests: this.#saved, set_aside_requests: this.#setAside };
      await writeJsonLine(stdout, { event: "journal", ...counts, ...backlogDocument(backlog) });
      return;
    }
    const parts = [
      `journal: ${formatCount(this.#saved)} requests saved`,
      `${formatCount(this.#setAside)} set aside`,
      `${formatCount(backlog.requests)} waiting (${formatBytes(backlog.bytes)})`,
    ];
    await writeText(stdout, `${parts.join(", ")}\n`);
  }

  #warn(text: string, error: Error): void {
    this.#context.stderr.write(`${text}: ${describeError(error).message}\n`);
  }
}

const outcomeWords = {
  waiting: "still waiting",
  refused: "set aside, it can never be saved",
} as const;
