import {
  type Answer,
  type AnswerEnvelope,
  type PackedAnswer,
  stepCount,
} from "@foretile/prediction-store";

import type { AnswerDesk } from "../packing/answer-desk.ts";
import { takeAnswer } from "../packing/take-answer.ts";
import type { OpenRequest } from "../session/open-request.ts";
import { type Refusal, refusalOf } from "../session/refusal.ts";
import type { Published } from "../session/published.ts";
import type { WriterSession } from "../session/writer-session.ts";
import { WriterError } from "../writer-error.ts";
import { type Line, splitLines } from "./line-splitter.ts";
import { parseInstruction } from "./parse-instruction.ts";
import { PendingWork } from "./pending-work.ts";

/** The most bytes of tiles that are packed or flushed while more input is read: two dozen full-size tiles. */
const MAX_PENDING_BYTES = 32 * 1024 * 1024;

/** A line that was refused. */
interface RejectedLine extends Refusal {
  /** Counted from 1. */
  readonly line: number;
}

/** Told about every result as it comes. The input waits until a call resolves. */
export interface IngestReporter {
  published(published: Published): Promise<void>;
  rejected(line: RejectedLine): Promise<void>;
  /** Told after every line. */
  progress(summary: IngestSummary): void;
}

/** What came of the input so far. */
export interface IngestSummary {
  readonly lines: number;
  readonly rejectedLines: number;
  readonly publishedRequests: number;
  /** Requests that are in the journal, and not in the store. */
  readonly spilledRequests: number;
  /** Published requests that the catalog refused, or of which it does not know some miners. */
  readonly refusedRequests: number;
  readonly validAnswers: number;
  readonly invalidAnswers: number;
  /** Answers that took the place of an earlier one of the same miner in an open request. */
  readonly replacedAnswers: number;
}

export interface IngestOptions {
  /** The longest line in bytes. */
  readonly maxLineBytes: number;
  /** Where answers are judged and packed. Stays the caller's to dispose. */
  readonly desk: AnswerDesk;
  readonly reporter: IngestReporter;
}

/**
 * Feeds NDJSON to a session: `{"request":…}`, `{"response":…}` and `{"publish":ID}` lines. A line that is wrong is
 * reported and costs nobody else anything; the end of the input publishes what is open.
 *
 * Answers are packed and stored while the next lines are read, in bounded memory; the input is read no faster than the
 * store takes it. What an answer is worth is known after the lines behind it were read; of several answers of one miner
 * the last line counts all the same.
 *
 * @throws the store's error, after which nothing more is read and nothing that is open is published
 */
export async function ingest(
  source: AsyncIterable<Uint8Array>,
  session: WriterSession,
  options: IngestOptions,
): Promise<IngestSummary> {
  const { maxLineBytes, desk } = options;
  const splitting = { maxLineBytes, buffers: desk.lineBuffers };
  const run = new IngestRun(session, options);
  try {
    for await (const line of splitLines(source, splitting)) await run.take(line);
    return await run.end();
  } finally {
    await run.settle();
  }
}

class IngestRun {
  readonly #session: WriterSession;
  readonly #reporter: IngestReporter;
  readonly #desk: AnswerDesk;
  readonly #pending = new PendingWork(MAX_PENDING_BYTES);
  /** Settles when the session has been given the answers of all lines so far, in their order. */
  #given: Promise<void> = Promise.resolve();
  #lines = 0;
  #rejectedLines = 0;
  #publishedRequests = 0;
  #spilledRequests = 0;
  #refusedRequests = 0;
  #validAnswers = 0;
  #invalidAnswers = 0;
  #replacedAnswers = 0;

  constructor(session: WriterSession, { reporter, desk }: IngestOptions) {
    this.#session = session;
    this.#reporter = reporter;
    this.#desk = desk;
  }

  async take(line: Line): Promise<void> {
    this.#lines = line.number;
    try {
      await this.#apply(line);
    } catch (error) {
      await this.#reject(line.number, error);
    }
    this.#reporter.progress(this.#summary());
  }

  /** @throws `error` itself when it is no line's fault */
  async #reject(line: number, error: unknown): Promise<void> {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    this.#rejectedLines += 1;
    await this.#reporter.rejected({ line, ...refusal });
  }

  async end(): Promise<IngestSummary> {
    for (const { id } of this.#session.openRequests()) await this.#publish(id);
    return this.#summary();
  }

  settle(): Promise<void> {
    return this.#pending.settle();
  }

  async #apply(line: Line): Promise<void> {
    if (line.type === "too-long") {
      throw new WriterError("too-large", `line is too long bytes=${line.byteCount}`);
    }
    if (line.bytes.length === 0) return;
    const instruction = parseInstruction(line.bytes);
    switch (instruction.type) {
      case "request":
        await this.#session.open(instruction.announced);
        return;
      case "response": {
        const open = this.#session.find(instruction.requestId);
        await this.#takeAnswer(line.number, instruction.envelope, open);
        return;
      }
      case "publish":
        await this.#publish(instruction.id);
        return;
    }
  }

  async #takeAnswer(line: number, envelope: AnswerEnvelope, open: OpenRequest): Promise<void> {
    const { packed } = await takeAnswer(this.#desk, envelope, open);
    // A failure is met where the answer is waited for; earlier work may fail before that.
    packed.catch(() => undefined);
    const before = this.#given;
    const { promise: given, resolve: give } = Promise.withResolvers<void>();
    this.#given = given;
    const { simulations } = open.request;
    const tileBytes = 4 * simulations * stepCount(open.request);
    await this.#pending.add(tileBytes, async () => {
      try {
        await this.#accept(open, packed, before, give);
      } catch (error) {
        await this.#reject(line, error);
      } finally {
        // One that failed does not let those behind it overtake those before it.
        await before;
        give();
      }
    });
  }

  /** Gives the answer to the session once it is packed and those of the lines before it were given. */
  async #accept(
    open: OpenRequest,
    packed: Promise<Answer | PackedAnswer>,
    before: Promise<void>,
    give: () => void,
  ): Promise<void> {
    const answer = await packed;
    await before;
    const accepting = open.accept(answer);
    give();
    await accepting;
    if (answer.outcome.status === "invalid") this.#invalidAnswers += 1;
    else this.#validAnswers += 1;
  }

  async #publish(id: string): Promise<void> {
    // Refused here when it is published already: a result is reported once.
    this.#session.find(id);
    // An answer that could not be stored ends the run here: the request would be published without it.
    await this.#pending.drain();
    const published = await this.#session.publish(id);
    if (published.result === undefined) this.#spilledRequests += 1;
    else this.#publishedRequests += 1;
    if (isRefused(published)) this.#refusedRequests += 1;
    this.#replacedAnswers += published.replaced;
    await this.#reporter.published(published);
  }

  #summary(): IngestSummary {
    return {
      lines: this.#lines,
      rejectedLines: this.#rejectedLines,
      publishedRequests: this.#publishedRequests,
      spilledRequests: this.#spilledRequests,
      refusedRequests: this.#refusedRequests,
      validAnswers: this.#validAnswers,
      invalidAnswers: this.#invalidAnswers,
      replacedAnswers: this.#replacedAnswers,
    };
  }
}

function isRefused(published: Published): boolean {
  const catalogued = published.result && published.catalogued;
  return (
    catalogued?.status === "refused" ||
    (catalogued?.status === "saved" && catalogued.refusedMinerIds.length > 0)
  );
}
