import type {
  Answer,
  ForecastRequest,
  Publication,
  PublishResult,
} from "@foretile/prediction-store";

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
  readonly #publication: Publication;
  readonly #minerIds = new Set<number>();
  #replaced = 0;

  constructor(id: string, request: ForecastRequest, publication: Publication) {
    this.id = id;
    this.request = request;
    this.#publication = publication;
  }

  /** The key of the request in the store. */
  get key(): string {
    return this.#publication.key;
  }

  /** Whether it can still be published: nothing of it has been then. */
  get isOpen(): boolean {
    return this.#publication.isOpen;
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
  async accept(answer: Answer): Promise<void> {
    await this.#publication.put(answer);
    if (this.#minerIds.has(answer.minerId)) this.#replaced += 1;
    else this.#minerIds.add(answer.minerId);
  }

  /**
   * Makes everything that was accepted visible at once, after answers under way.
   *
   * @throws the store's error; it may be called again while {@link isOpen}
   */
  publish(): Promise<PublishResult> {
    return this.#publication.publish();
  }

  /** Lets go of everything, after answers under way. */
  abandon(): Promise<void> {
    return this.#publication.abandon();
  }
}
