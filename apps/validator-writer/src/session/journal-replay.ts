import type { RequestSaver, ReplayOutcome, SpillJournal } from "@foretile/prediction-store/saving";
import type { Clock } from "@foretile/resilience";

/** Between two looks at the journal: a store that is away is tried that often. */
const INTERVAL_MS = 10_000;

/** What waits in a journal. */
export interface Backlog {
  readonly requests: number;
  readonly bytes: number;
}

/** The backlog as both front ends print it. */
export function backlogDocument({ requests, bytes }: Backlog): Record<string, number> {
  return { waiting_requests: requests, waiting_bytes: bytes };
}

export interface JournalReplayOptions {
  readonly saver: RequestSaver;
  readonly journal: SpillJournal;
  /** Told what became of each request of the journal. */
  readonly onOutcome: (outcome: ReplayOutcome) => void;
}

/** Saves what is in the journal as soon as the store and the catalog are back. */
export class JournalReplay {
  readonly #options: JournalReplayOptions;
  #backlog: Backlog = { requests: 0, bytes: 0 };

  constructor(options: JournalReplayOptions) {
    this.#options = options;
  }

  /** As it was at the last look. */
  get backlog(): Backlog {
    return this.#backlog;
  }

  /**
   * Saves what can be saved now.
   *
   * @returns what waits then
   * @throws {PredictionStoreError} `journal-failed`; the signal's reason
   */
  async run(signal?: AbortSignal): Promise<Backlog> {
    const { saver, onOutcome } = this.#options;
    for await (const outcome of saver.replay({ signal })) onOutcome(outcome);
    return this.look();
  }

  /** Counts what waits. @throws {PredictionStoreError} `journal-failed` */
  async look(): Promise<Backlog> {
    const entries = await this.#options.journal.entries();
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    this.#backlog = { requests: entries.length, bytes };
    return this.#backlog;
  }

  /** Runs again and again until the signal is aborted. A failure is told, and does not end it. */
  async keepRunning(
    clock: Clock,
    signal: AbortSignal,
    onFailure: (error: unknown) => void,
  ): Promise<void> {
    while (!signal.aborted) {
      try {
        await clock.sleep(INTERVAL_MS, signal);
        await this.run(signal);
      } catch (error) {
        if (!signal.aborted) onFailure(error);
      }
    }
  }
}
