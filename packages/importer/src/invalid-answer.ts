import type { InvalidAnswer, RejectionReason } from "@foretile/prediction-store";

/** Words of the validator's messages, and the rule they are about. The first that is found counts. */
const words: readonly (readonly [pattern: RegExp, reason: RejectionReason])[] = [
  [/time ?out|process_time|internal server|no response/i, "no_process_time"],
  [/empty/i, "empty"],
  [/number of paths|paths? expected|path count/i, "path_count"],
  [/number of (?:points|time)|points? expected|point count/i, "point_count"],
  [/start ?time|start timestamp/i, "start_time_mismatch"],
  [/increment/i, "increment_mismatch"],
  [/digits/i, "price_too_many_digits"],
  [/price|numeric/i, "price_not_a_number"],
  [/list|tuple|array|format/i, "not_a_sequence"],
];

/** Longer texts of the validator hold what the miner sent. */
const MAX_MESSAGE = 300;

/** An answer that the validator refused, with the reason it gave, as far as it is known here. */
export function invalidAnswer(format: string): InvalidAnswer {
  const [, reason = "malformed"] = words.find(([pattern]) => pattern.test(format)) ?? [];
  return { status: "invalid", reason, message: format.slice(0, MAX_MESSAGE) };
}
