import { test } from "vitest";

import { parsePredictionJson } from "../src/answer/parse-prediction-json.ts";
import type { ForecastRequest } from "../src/request/forecast-request.ts";

const request: ForecastRequest = {
  label: "low",
  asset: "BTC",
  startUnixSeconds: 1_512_475_200,
  timeIncrementSeconds: 300,
  timeLengthSeconds: 86_400,
  simulations: 1000,
};
export const x = [test, parsePredictionJson, request];
