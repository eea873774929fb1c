import { PredictionStoreError } from "../prediction-store-error.ts";

export function invalidQuery(message: string): PredictionStoreError {
  return new PredictionStoreError("invalid-query", message);
}
