import type { Answer, ForecastRequest, PackedAnswer } from "@foretile/prediction-store";
import type { FinishOutcome, OpenSave } from "@foretile/prediction-store/saving";

/** How many answers an open request has. */
export interface AnswerCounts {
  /** Miners with an answer, valid or not. */
  readonly miners: number;
  /** Answers that took the place of an earlier one of the same miner. */
  readonly replaced: number;
}

/** A request that takes answers. */
export class OpenRequest {
  /** The caller's name for the request. */
  readonly id: string;
  readonly request: ForecastRequest;
  readonly #save: OpenSave;
  readonly #minerIds = new Set<number>();
  #replaced = 0;

  constructor(id: string, request: ForecastRequest, save: OpenSave) {
    this.id = id;
    this.request = request;
    this.#save = save;
  }

  /** The key of the request in the store. */
  get key(): string {
    return this.#save.key;
  }

  /** Whether it can still be published. */
  get isOpen(): boolean {
    return this.#save.isOpen;
  }

  /** Whether it takes packed answers, too. */
  get takesPacked(): boolean {
    return this.#save.takesPacked;
  }

  /** Why the journal does not have this request, where there is a journal. */
  get journalFailure(): Error | undefined {
    return this.#save.spillFailure;
  }

  get counts(): AnswerCounts {
    return { miners: this.#minerIds.size, replaced: this.#replaced };
  }

  /**
   * Stores an answer; resolves when it is flushed, so that it may be acknowledged. Of several answers of one miner that
   * of the last call counts.
   *
   * @throws the store's error; nothing of this answer is kept then, and it may be sent again
   */
  async accept(answer: Answer | PackedAnswer): Promise<void> {
    await this.#save.put(answer);
    if (this.#minerIds.has(answer.minerId)) this.#replaced += 1;
    else this.#minerIds.add(answer.minerId);
  }

  /**
   * Makes everything that was accepted visible at once, after answers under way, or keeps it in the journal.
   *
   * @throws the error of the store or the catalog; it may be called again while {@link isOpen}
   */
  publish(): Promise<FinishOutcome> {
    return this.#save.finish();
  }

  /** Lets go of everything, after answers under way. */
  abandon(): Promise<void> {
    return this.#save.abandon();
  }
}
