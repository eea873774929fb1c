import type { ForecastTask } from "./forecast-task.ts";

/** The text of an answer's prediction, in its parts. */
export interface PredictionText {
  readonly start: string;
  readonly increment: string;
  /** A row a path, its prices as they are written. */
  readonly paths: readonly (readonly string[])[];
}

/** One way to get an answer wrong. */
export interface AnswerFault {
  readonly name: string;
  /** @returns the prediction as JSON, or as what was meant to be JSON */
  spoil(prediction: PredictionText, task: ForecastTask): string;
}

/** The JSON text of a prediction: `[start, increment, [price, …], …]`. */
export function predictionJson({ start, increment, paths }: PredictionText): string {
  return `[${[start, increment, ...paths.map((path) => `[${path.join(",")}]`)].join(",")}]`;
}

/** An answer whose last path ends in another token. */
function lastPrice(name: string, token: string): AnswerFault {
  return {
    name,
    spoil: (prediction) => {
      const last = prediction.paths.at(-1) ?? [];
      const paths = [...prediction.paths.slice(0, -1), [...last.slice(0, -1), token]];
      return predictionJson({ ...prediction, paths });
    },
  };
}

/** Each malformed answer has the next of these. */
export const ANSWER_FAULTS: readonly AnswerFault[] = [
  {
    name: "one path too few",
    spoil: (prediction) => predictionJson({ ...prediction, paths: prediction.paths.slice(1) }),
  },
  lastPrice("a price of zero", "0"),
  {
    name: "one point too few in each path",
    spoil: (prediction) =>
      predictionJson({ ...prediction, paths: prediction.paths.map((path) => path.slice(1)) }),
  },
  lastPrice("NaN among the prices", "NaN"),
  {
    name: "starts five minutes late",
    spoil: (prediction, { startUnixSeconds, incrementSeconds }) =>
      predictionJson({ ...prediction, start: String(startUnixSeconds + incrementSeconds) }),
  },
  lastPrice("a price in quotes", '"11000"'),
  lastPrice("nine digits", "11000.1234"),
  {
    name: "steps of a minute",
    spoil: (prediction) => predictionJson({ ...prediction, increment: "60" }),
  },
  lastPrice("a negative price", "-1.5"),
  { name: "an object instead of an array", spoil: () => '{"simulations":[]}' },
  lastPrice("a price of 1e-307", "1e-307"),
  { name: "an empty array", spoil: () => "[]" },
  lastPrice("true among the prices", "true"),
];
