import { type LabelConfig, SYNTH_HIGH } from "@foretile/prediction-store";
import { createSeededRandom } from "@foretile/testkit";

/** A label whose tiles are 48 bytes, so that hundreds of requests cost nothing. */
export const SMALL_LABEL: LabelConfig = {
  ...SYNTH_HIGH,
  label: "small",
  timeIncrementSeconds: 300,
  timeLengthSeconds: 600,
  simulations: 4,
  intervals: { "5min": 300 },
};

const FIRST_START_UNIX_SECONDS = 1_512_475_200;
const POINTS = 3;

/** The wire form of a request. */
export interface RequestDocument {
  readonly id: string;
  readonly label: string;
  readonly asset: string;
  readonly start_time: string;
  readonly time_increment: number;
  readonly time_length: number;
  readonly num_simulations: number;
}

/** The wire form of an answer, without its request. */
export interface AnswerDocument {
  readonly miner_uid: number;
  readonly miner_id: number;
  readonly process_time?: number | null;
  readonly prediction?: unknown;
}

/** A request of {@link SMALL_LABEL}; another `index` is another start time. */
export function requestDocument(id: string, index = 0): RequestDocument {
  return {
    id,
    label: SMALL_LABEL.label,
    asset: "BTC",
    start_time: new Date(startOf(index) * 1000).toISOString(),
    time_increment: SMALL_LABEL.timeIncrementSeconds,
    time_length: SMALL_LABEL.timeLengthSeconds,
    num_simulations: SMALL_LABEL.simulations,
  };
}

/** The key under which {@link requestDocument} is published. */
export function keyOf(index = 0): string {
  return `small/BTC#${startOf(index)}`;
}

/** A valid answer; another `seed` is another tile. */
export function answerDocument(index: number, miner: number, seed = miner): AnswerDocument {
  const random = createSeededRandom(seed);
  const path = (): number[] =>
    Array.from({ length: POINTS }, () => 10_000 + (random.nextUint32() % 100_000) / 100);
  const paths = Array.from({ length: SMALL_LABEL.simulations }, path);
  return {
    miner_uid: miner,
    miner_id: 1000 + miner,
    process_time: 1.5,
    prediction: [startOf(index), SMALL_LABEL.timeIncrementSeconds, ...paths],
  };
}

export function requestLine(id: string, index = 0): string {
  return JSON.stringify({ request: requestDocument(id, index) });
}

export function responseLine(id: string, answer: AnswerDocument): string {
  return JSON.stringify({ response: { request: id, ...answer } });
}

export function publishLine(id: string): string {
  return JSON.stringify({ publish: id });
}

function startOf(index: number): number {
  return FIRST_START_UNIX_SECONDS + index * 300;
}
