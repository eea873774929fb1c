import { PredictionStoreError } from "../prediction-store-error.ts";

/**
 * One prompt to all miners. A tile that answers it is a float32 matrix `[simulations, steps]`; {@link stepCount} gives
 * the steps.
 */
export interface ForecastRequest {
  /** Competition the request belongs to: 1 to {@link MAX_NAME_LENGTH} printable ASCII characters. */
  readonly label: string;
  /** What is forecast: 1 to {@link MAX_NAME_LENGTH} printable ASCII characters. */
  readonly asset: string;
  /** Time of the first step, whole seconds since 1970-01-01T00:00:00Z, at most {@link MAX_UNIX_SECONDS}. */
  readonly startUnixSeconds: number;
  /** Seconds between two steps, at least 1. */
  readonly timeIncrementSeconds: number;
  /** Seconds from the first step to the horizon, at least one increment. */
  readonly timeLengthSeconds: number;
  /** Paths of one answer, 1 to {@link MAX_SIMULATIONS}. */
  readonly simulations: number;
}

/** Longest label or asset. Two of them, escaped, leave most of a store's 400 byte key to the layers around. */
export const MAX_NAME_LENGTH = 32;

/** 9999-12-31T23:59:59Z, the last time ISO 8601 writes with four digits of year. */
export const MAX_UNIX_SECONDS = 253_402_300_799;

/** Most paths of one answer, 65 times what the network asks for today. */
export const MAX_SIMULATIONS = 65_536;

/** Most steps of one path: a week of 10-second steps is 60 481. */
const MAX_STEPS = 65_536;

/** Largest tile, 64 MiB of float32: what one answer may make its reader allocate. */
const MAX_TILE_BYTES: number = 64 * 1024 * 1024;

const name = /^[\x21-\x7e]+$/;

/** Number of points of each path, the start included: `floor(length / increment) + 1`. */
export function stepCount(
  request: Pick<ForecastRequest, "timeIncrementSeconds" | "timeLengthSeconds">,
): number {
  return Math.floor(request.timeLengthSeconds / request.timeIncrementSeconds) + 1;
}

/**
 * Checks every field and the size of the tiles they ask for.
 *
 * @throws {PredictionStoreError} `invalid-request` for the first fault found
 */
export function checkForecastRequest(request: ForecastRequest): void {
  checkName("label", request.label);
  checkName("asset", request.asset);
  checkWhole("start in unix seconds", request.startUnixSeconds, 0, MAX_UNIX_SECONDS);
  checkWhole("time increment", request.timeIncrementSeconds, 1, MAX_UNIX_SECONDS);
  checkWhole("time length", request.timeLengthSeconds, 1, MAX_UNIX_SECONDS);
  checkWhole("number of simulations", request.simulations, 1, MAX_SIMULATIONS);
  const { timeIncrementSeconds, timeLengthSeconds, simulations } = request;
  if (timeLengthSeconds < timeIncrementSeconds) {
    throw invalid(
      `time length is shorter than one increment length=${timeLengthSeconds} increment=${timeIncrementSeconds}`,
    );
  }
  const steps = stepCount(request);
  if (steps > MAX_STEPS) throw invalid(`too many steps limit=${MAX_STEPS} steps=${steps}`);
  const tileBytes = simulations * steps * Float32Array.BYTES_PER_ELEMENT;
  if (tileBytes > MAX_TILE_BYTES) {
    throw invalid(
      `tiles would be too large limit=${MAX_TILE_BYTES} bytes=${tileBytes} simulations=${simulations} steps=${steps}`,
    );
  }
}

function checkName(what: string, text: string): void {
  if (text.length > MAX_NAME_LENGTH) {
    throw invalid(`${what} is too long limit=${MAX_NAME_LENGTH} length=${text.length}`);
  }
  if (!name.test(text)) {
    throw invalid(
      `${what} must be printable ASCII without spaces and not empty ${what}=${JSON.stringify(text)}`,
    );
  }
}

function checkWhole(what: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw invalid(`${what} must be whole and in range min=${min} max=${max} value=${value}`);
  }
}

function invalid(message: string): PredictionStoreError {
  return new PredictionStoreError("invalid-request", message);
}
