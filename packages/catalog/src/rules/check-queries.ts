import type {
  Deletion,
  DeletionClaim,
  DroppedScores,
  ListOptions,
  Restoration,
  ScorableQuery,
} from "../catalog.ts";
import { CatalogError } from "../catalog-error.ts";
import { MAX_HOTKEY_LENGTH, MAX_UID, type MinerIdentity } from "../records/miner.ts";
import { MAX_NAME_LENGTH, MAX_UNIX_SECONDS } from "../records/request.ts";
import { checkDistinct, checkName, checkWhole } from "./check-values.ts";

const DEFAULT_BATCH = 100;
const MAX_BATCH = 1_000;
const MAX_MILLISECONDS = 8_640_000_000_000_000;
const SETTLE_SECONDS = 90;

/** Longest reason of a deletion in characters. */
const MAX_REASON_LENGTH = 100;

/** The batch size of a listing. @throws {CatalogError} `invalid-argument` */
export function batchSizeOf({ batchSize = DEFAULT_BATCH }: ListOptions): number {
  checkWhole("batch size", batchSize, 1, MAX_BATCH);
  return batchSize;
}

/** A half-open range of seconds that is never empty by accident of its type: both ends are there. */
export interface SecondsRange {
  readonly from: number;
  readonly to: number;
}

/** @throws {CatalogError} `invalid-argument` */
export function checkFilter(filter: {
  readonly label: string;
  readonly asset?: string | undefined;
  readonly fromUnixSeconds?: number | undefined;
  readonly toUnixSeconds?: number | undefined;
}): SecondsRange {
  const { label, asset, fromUnixSeconds = 0, toUnixSeconds = MAX_UNIX_SECONDS + 1 } = filter;
  checkName("label", label, MAX_NAME_LENGTH);
  if (asset !== undefined) checkName("asset", asset, MAX_NAME_LENGTH);
  // An end far away is an end: callers subtract windows from times.
  if (!Number.isSafeInteger(fromUnixSeconds) || !Number.isSafeInteger(toUnixSeconds)) {
    throw new CatalogError(
      "invalid-argument",
      `ends of a range must be whole from=${fromUnixSeconds} to=${toUnixSeconds}`,
    );
  }
  return {
    from: Math.min(Math.max(fromUnixSeconds, 0), MAX_UNIX_SECONDS + 1),
    to: Math.min(Math.max(toUnixSeconds, 0), MAX_UNIX_SECONDS + 1),
  };
}

/** The ends of horizons that are due. @throws {CatalogError} `invalid-argument` */
export function scorableEnds(query: ScorableQuery): SecondsRange {
  const { label, scoredAtUnixSeconds, windowSeconds, settleSeconds = SETTLE_SECONDS } = query;
  checkWhole("minute of the round", scoredAtUnixSeconds, 0, MAX_UNIX_SECONDS);
  checkWhole("window", windowSeconds, 0, MAX_UNIX_SECONDS);
  checkWhole("settling time", settleSeconds, 0, MAX_UNIX_SECONDS);
  // end + settle < scored, and end + settle >= scored - window
  const to = scoredAtUnixSeconds - settleSeconds;
  return checkFilter({ label, fromUnixSeconds: to - windowSeconds, toUnixSeconds: to });
}

/** @throws {CatalogError} `invalid-argument` */
export function checkDeletion({ reason, atMs }: Deletion): void {
  checkMilliseconds("time of the deletion", atMs);
  if (!new RegExp(`^[\\x20-\\x7e]{1,${MAX_REASON_LENGTH}}$`).test(reason)) {
    throw new CatalogError(
      "invalid-argument",
      `reason must be 1 to ${MAX_REASON_LENGTH} printable ASCII characters length=${reason.length}`,
    );
  }
}

/** @throws {CatalogError} `invalid-argument` */
export function checkRestoration({ deletedSinceMs }: Restoration): void {
  checkMilliseconds("time of the deletions", deletedSinceMs);
}

/** @throws {CatalogError} `invalid-argument` */
export function checkDrop({ label, beforeUnixSeconds }: DroppedScores): void {
  checkName("label", label, MAX_NAME_LENGTH);
  checkWhole("end of the scores", beforeUnixSeconds, 0, MAX_UNIX_SECONDS);
}

/** @throws {CatalogError} `invalid-argument` */
export function checkClaim({ label, deletedBeforeMs, atMs }: DeletionClaim): void {
  checkName("label", label, MAX_NAME_LENGTH);
  checkMilliseconds("time of the deletions", deletedBeforeMs);
  checkMilliseconds("time of the claim", atMs);
}

/** @throws {CatalogError} `invalid-argument` */
export function checkMiners(miners: readonly MinerIdentity[]): void {
  for (const { uid, coldkey, hotkey } of miners) {
    checkWhole("uid", uid, 0, MAX_UID);
    checkName("coldkey", coldkey, MAX_HOTKEY_LENGTH);
    checkName("hotkey", hotkey, MAX_HOTKEY_LENGTH);
  }
  checkDistinct(
    "uids",
    miners.map(({ uid }) => uid),
  );
}

function checkMilliseconds(what: string, value: number): void {
  checkWhole(what, value, 0, MAX_MILLISECONDS);
}
