import type { ValidatorAnswer, ValidatorDatabase } from "@foretile/catalog/postgres";
import {
  parsePredictionJson,
  readUpstreamTiles,
  type Answer,
  type AnswerOutcome,
  type ForecastRequest,
  type Publication,
  type PublishResult,
} from "@foretile/prediction-store";
import type { ScoreWorkspace } from "@foretile/scoring";
import type { CallOptions, RowStore } from "@foretile/storage";
import { contentHash, toHex } from "@foretile/version-store";
import type { ImportProblem, ImportTarget } from "./import-options.ts";
import { invalidAnswer } from "./invalid-answer.ts";
import { RequestScores, type ScoredOtherwise } from "./request-scores.ts";

/** Answers of a page: whole tiles as JSON are three megabytes each. */
const ANSWERS_AT_ONCE = 8;

/** What became of the answers to one request. */
export interface AnswerCounts {
  answers: number;
  valid: number;
  invalid: number;
  rejected: number;
  deleted: number;
  lost: number;
}

export interface RequestImportParts {
  readonly database: ValidatorDatabase;
  readonly target: ImportTarget;
  readonly requestId: number;
  readonly request: ForecastRequest;
  readonly rows: RowStore | undefined;
  /** Seconds by name, as in the label. */
  readonly intervals: Readonly<Record<string, number>>;
  /** Realized prices by step; `undefined` when the validator has none. */
  readonly prices: Float64Array | undefined;
  readonly workspace: ScoreWorkspace;
  readonly onProblem: (problem: ImportProblem) => void;
  readonly call: CallOptions;
}

/** Takes over the answers to one request. */
export class RequestImport {
  readonly counts: AnswerCounts = {
    answers: 0,
    valid: 0,
    invalid: 0,
    rejected: 0,
    deleted: 0,
    lost: 0,
  };
  /** Of the tiles that were published, by miner: SHA-256, or the reason of what is no tile. */
  readonly #expected = new Map<number, string>();
  readonly scores: RequestScores;
  readonly #parts: RequestImportParts;

  constructor(parts: RequestImportParts) {
    this.#parts = parts;
    this.scores = new RequestScores(parts);
  }

  /** @returns `undefined` when there was no answer to publish */
  async run(): Promise<PublishResult | undefined> {
    const { database, target, requestId, request, call } = this.#parts;
    await using publication = await target.predictions.begin(request, call);
    let afterId = 0;
    for (;;) {
      const page = { requestId, afterId, limit: ANSWERS_AT_ONCE };
      const answers = await database.answers(page, call);
      if (answers.length === 0) break;
      await this.#putPage(publication, answers);
      afterId = answers.at(-1)?.id ?? afterId;
    }
    for (const different of this.scores.comparePromptScores()) this.#tellScore(different);
    return this.#expected.size === 0 ? undefined : await publication.publish(call);
  }

  /**
   * Compares what was published with what was read: every status, and every tile by its hash.
   *
   * @returns how many answers are the same; others are told
   */
  async verify({ key, version }: PublishResult): Promise<number> {
    const { target, requestId, onProblem, call } = this.#parts;
    const published = await target.predictions.read(key, { ...call, asOf: version });
    const found = new Map(
      published.answers.map((answer) => [
        answer.minerId,
        answer.status === "valid" ? answer.contentHash : answer.reason,
      ]),
    );
    let same = 0;
    for (const [minerId, expected] of this.#expected) {
      if (found.get(minerId) === expected) same += 1;
      else {
        const message = `published otherwise than read key=${key} version=${version}`;
        onProblem({ kind: "different", requestId, minerId, message });
      }
    }
    return same;
  }

  async #putPage(publication: Publication, answers: readonly ValidatorAnswer[]): Promise<void> {
    this.counts.answers += answers.length;
    const elsewhere: ValidatorAnswer[] = [];
    for (const answer of answers) {
      if (answer.isDeleted) this.#leaveOut();
      else if (answer.minerId === undefined) this.#lose(answer, "the row names no miner");
      else if (!answer.isValid) await this.#put(publication, answer, invalidAnswer(answer.format));
      else if (isElsewhere(answer)) elsewhere.push(answer);
      else await this.#put(publication, answer, this.#parse(answer));
    }
    if (elsewhere.length > 0) await this.#putRows(publication, elsewhere);
  }

  #parse({ prediction = "", processTimeSeconds }: ValidatorAnswer): AnswerOutcome {
    // The validator took it, so it came in time, whatever became of the number.
    const seconds = processTimeSeconds ?? 0;
    return parsePredictionJson(new TextEncoder().encode(prediction), this.#parts.request, seconds);
  }

  async #putRows(publication: Publication, answers: readonly ValidatorAnswer[]): Promise<void> {
    const { rows, request, call } = this.#parts;
    if (rows === undefined) {
      const message = "its tile is in Bigtable, and no table was given";
      for (const answer of answers) this.#lose(answer, message);
      return;
    }
    const byMiner = new Map(answers.map((answer) => [answer.minerId ?? -1, answer]));
    const wanted = { ...call, minerIds: [...byMiner.keys()] };
    for await (const { minerId, tile, error } of readUpstreamTiles(rows, request, wanted)) {
      const answer = byMiner.get(minerId);
      if (answer === undefined) continue;
      if (tile === undefined) this.#lose(answer, error.message);
      else await this.#put(publication, answer, { status: "valid", tile });
    }
  }

  async #put(
    publication: Publication,
    validatorAnswer: ValidatorAnswer,
    outcome: AnswerOutcome,
  ): Promise<void> {
    const { minerId = 0, minerUid, processTimeSeconds, isValid } = validatorAnswer;
    const answer: Answer = { minerId, minerUid, processTimeSeconds, outcome };
    await publication.put(answer, this.#parts.call);
    if (outcome.status === "valid") {
      this.counts.valid += 1;
      const { buffer, byteOffset, byteLength } = outcome.tile;
      const hash = await contentHash(new Uint8Array(buffer, byteOffset, byteLength));
      this.#expected.set(minerId, toHex(hash));
      const different = this.scores.addTile(validatorAnswer, outcome.tile);
      if (different !== undefined) this.#tellScore(different);
      return;
    }
    this.scores.addInvalid(validatorAnswer);
    if (isValid) this.counts.rejected += 1;
    else this.counts.invalid += 1;
    this.#expected.set(minerId, outcome.reason);
  }

  #tellScore({ answer: { id: answerId, minerId }, message }: ScoredOtherwise): void {
    const { requestId, onProblem } = this.#parts;
    onProblem({ kind: "scored-otherwise", requestId, answerId, minerId, message });
  }

  #leaveOut(): void {
    this.counts.deleted += 1;
    this.scores.leaveOut();
  }

  #lose({ id: answerId, minerId }: ValidatorAnswer, message: string): void {
    this.counts.lost += 1;
    this.scores.leaveOut();
    const { requestId, onProblem } = this.#parts;
    onProblem({ kind: "lost", requestId, answerId, minerId, message });
  }
}

/** Whether the database only says that the tile is in Bigtable. */
function isElsewhere({ prediction = "" }: ValidatorAnswer): boolean {
  return /^\s*\{\s*"stored"\s*:\s*"bigtable"\s*\}\s*$/.test(prediction);
}
