import type { ValidatorAnswer } from "@foretile/catalog/postgres";
import { stepCount, type ForecastRequest } from "@foretile/prediction-store";
import { promptScores, scoreTile, type ScoreWorkspace } from "@foretile/scoring";

/** The validator scores what it was sent, we what fits in float32: that makes a few millionths. */
const TOLERANCE = 1e-4;

export interface RequestScoresParts {
  readonly request: ForecastRequest;
  /** Seconds by name, as in the label. */
  readonly intervals: Readonly<Record<string, number>>;
  /** Realized prices by step, NaN where missing; `undefined` when the validator has none. */
  readonly prices: Float64Array | undefined;
  readonly workspace: ScoreWorkspace;
}

/** An answer, and in plain words what its score here has that the validator's has not. */
export interface ScoredOtherwise {
  readonly answer: ValidatorAnswer;
  readonly message: string;
}

interface SameTotal {
  readonly answer: ValidatorAnswer;
  readonly promptScore: number;
  /** Ours; `undefined` when neither has one. */
  readonly total: number | undefined;
}

/** Scores the answers to one request with the validator's prices, and compares that with what it computed. */
export class RequestScores {
  /** Tiles whose sum of CRPS is the validator's. */
  sameTotals = 0;
  /** Prompt scores that are the validator's. */
  samePromptScores = 0;
  readonly #parts: RequestScoresParts;
  readonly #answers: SameTotal[] = [];
  #isWhole = true;

  constructor(parts: RequestScoresParts) {
    this.#parts = parts;
  }

  /**
   * Scores a tile.
   *
   * @param tile float32 `[steps, simulations]` row-major
   * @returns what is different; `undefined` when nothing is, or the validator has no score of it
   */
  addTile(answer: ValidatorAnswer, tile: Float32Array): ScoredOtherwise | undefined {
    const { prices } = this.#parts;
    const { totalCrps: theirs } = answer;
    if (prices === undefined || theirs === undefined) {
      this.leaveOut();
      return undefined;
    }
    const ours = this.#total(tile, prices);
    if (typeof ours === "number" && isClose(ours, theirs, theirs)) {
      this.sameTotals += 1;
      this.#add(answer, ours);
      return undefined;
    }
    this.leaveOut();
    const what = typeof ours === "number" ? `it has another score ours=${ours}` : ours;
    return { answer, message: `${what} theirs=${theirs}` };
  }

  /** An answer without a tile. */
  addInvalid(answer: ValidatorAnswer): void {
    if (answer.totalCrps === undefined) this.#add(answer, undefined);
    else this.leaveOut();
  }

  /** An answer that the validator may have scored is not here, or has another score: nobody's rank can be compared. */
  leaveOut(): void {
    this.#isWhole = false;
  }

  /**
   * Compares the prompt scores, which all answers to the request make together. Without one of them nothing is compared.
   *
   * @returns what is different
   */
  comparePromptScores(): readonly ScoredOtherwise[] {
    const prompt = promptScores(this.#answers.map(({ total }) => total));
    if (!this.#isWhole || prompt.status !== "scored") return [];
    const different: ScoredOtherwise[] = [];
    for (const [index, { answer, promptScore: theirs }] of this.#answers.entries()) {
      const ours = prompt.scores[index] ?? Number.NaN;
      // A difference of totals is as sure as these are.
      if (isClose(ours, theirs, prompt.percentile90)) this.samePromptScores += 1;
      else {
        const message = `it has another prompt score ours=${ours} theirs=${theirs}`;
        different.push({ answer, message });
      }
    }
    return different;
  }

  #add(answer: ValidatorAnswer, total: number | undefined): void {
    const { promptScore } = answer;
    if (promptScore === undefined) this.leaveOut();
    else this.#answers.push({ answer, promptScore, total });
  }

  /** @returns in plain words why there is none */
  #total(tile: Float32Array, prices: Float64Array): number | string {
    const { request, intervals, workspace } = this.#parts;
    const { simulations, timeIncrementSeconds } = request;
    const steps = stepCount(request);
    if (prices.length !== steps) return `it has ${prices.length} prices instead of ${steps}`;
    const rules = { timeIncrementSeconds, intervals };
    const score = scoreTile(tile, { simulations, steps }, prices, rules, workspace);
    return score.status === "scored" ? score.crps : `it has no score reason=${score.reason}`;
  }
}

function isClose(ours: number, theirs: number, scale: number): boolean {
  return Math.abs(ours - theirs) <= TOLERANCE * Math.max(1, Math.abs(scale));
}
