import { CatalogError, isCatalogError } from "../catalog-error.ts";
import { MAX_UID } from "../records/miner.ts";
import {
  MAX_FORMAT_LENGTH,
  MAX_PREDICTIONS,
  VALID_FORMAT,
  type NewPrediction,
  type RequestSave,
  type SavedRequest,
} from "../records/prediction.ts";
import {
  endOfRequest,
  MAX_NAME_LENGTH,
  MAX_UNIX_SECONDS,
  type RequestAddress,
  type RequestFacts,
} from "../records/request.ts";
import { checkDistinct, checkName, checkWhole } from "./check-values.ts";

/** Postgres keeps sizes and versions as 32 bit integers. */
const MAX_INT32 = 2_147_483_647;

/** A prediction that a catalog takes, and the ones it does not. */
export interface CheckedPredictions {
  readonly accepted: readonly NewPrediction[];
  readonly refused: SavedRequest["refused"];
}

/**
 * Checks what is to be saved; a prediction that breaks a rule is refused by itself.
 *
 * @throws {CatalogError} `invalid-request`, `invalid-argument`
 */
export function checkRequestSave(save: RequestSave): CheckedPredictions {
  checkRequestFacts(save.request);
  const { requestedUnixSeconds, version, predictions } = save;
  if (requestedUnixSeconds !== undefined) {
    checkWhole("time of the prompt", requestedUnixSeconds, 0, MAX_UNIX_SECONDS, "invalid-request");
  }
  checkWhole("version", version, 1, MAX_INT32);
  checkWhole("number of predictions", predictions.length, 0, MAX_PREDICTIONS);
  const accepted: NewPrediction[] = [];
  const refused: { minerId: number; error: CatalogError }[] = [];
  for (const prediction of predictions) {
    try {
      accepted.push(checkPrediction(prediction));
    } catch (error) {
      if (!isCatalogError(error)) throw error;
      refused.push({ minerId: prediction.minerId, error });
    }
  }
  checkDistinct(
    "miner ids",
    accepted.map(({ minerId }) => minerId),
  );
  return { accepted, refused };
}

/** @throws {CatalogError} `invalid-request` */
export function checkAddress({ label, asset, startUnixSeconds }: RequestAddress): void {
  checkName("label", label, MAX_NAME_LENGTH, "invalid-request");
  checkName("asset", asset, MAX_NAME_LENGTH, "invalid-request");
  checkWhole("start in unix seconds", startUnixSeconds, 0, MAX_UNIX_SECONDS, "invalid-request");
}

/** Whether two requests of one address ask for the same; if not, an error that says what is stored. */
export function sizeMismatch(stored: RequestFacts, wanted: RequestFacts): CatalogError | undefined {
  if (
    stored.timeIncrementSeconds === wanted.timeIncrementSeconds &&
    stored.timeLengthSeconds === wanted.timeLengthSeconds &&
    stored.simulations === wanted.simulations
  ) {
    return undefined;
  }
  return new CatalogError(
    "request-mismatch",
    `the request was saved with other sizes label=${stored.label} asset=${stored.asset} ` +
      `start=${stored.startUnixSeconds} time_increment=${stored.timeIncrementSeconds} ` +
      `time_length=${stored.timeLengthSeconds} num_simulations=${stored.simulations}`,
  );
}

function checkRequestFacts(request: RequestFacts): void {
  checkAddress(request);
  const { timeIncrementSeconds, timeLengthSeconds, simulations } = request;
  checkWhole("time increment", timeIncrementSeconds, 1, MAX_INT32, "invalid-request");
  checkWhole("time length", timeLengthSeconds, timeIncrementSeconds, MAX_INT32, "invalid-request");
  checkWhole("number of simulations", simulations, 1, MAX_INT32, "invalid-request");
  checkWhole("end in unix seconds", endOfRequest(request), 1, MAX_UNIX_SECONDS, "invalid-request");
}

function checkPrediction(prediction: NewPrediction): NewPrediction {
  const { minerId, minerUid, formatValidation, processTimeSeconds, tileKey } = prediction;
  checkWhole("miner id", minerId, 1, Number.MAX_SAFE_INTEGER, "invalid-prediction");
  checkWhole("miner uid", minerUid, 0, MAX_UID, "invalid-prediction");
  if (
    processTimeSeconds !== undefined &&
    !(processTimeSeconds >= 0 && processTimeSeconds < Infinity)
  ) {
    throw new CatalogError(
      "invalid-prediction",
      `process time must be finite and not negative miner_id=${minerId} value=${processTimeSeconds}`,
    );
  }
  if ((formatValidation === VALID_FORMAT) !== (tileKey !== undefined)) {
    throw new CatalogError(
      "invalid-prediction",
      `a tile's key is given exactly when the format is valid miner_id=${minerId}`,
    );
  }
  if (tileKey !== undefined) checkName("key of a tile", tileKey, 400, "invalid-prediction");
  return { ...prediction, formatValidation: storableText(formatValidation) };
}

/** Text that every database holds: well-formed, without U+0000, bounded. Never empty, and never by accident valid. */
function storableText(text: string): string {
  const cut = text.slice(0, MAX_FORMAT_LENGTH).toWellFormed().replaceAll("\0", "\uFFFD");
  return cut === "" ? "unknown" : cut;
}
