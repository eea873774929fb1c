import { expect, test } from "vitest";

import { invalidAnswer } from "../src/invalid-answer.ts";

test.each([
  ["time out or internal server error (process_time is None)", "no_process_time"],
  ["Response is empty", "empty"],
  ["Number of paths is incorrect: expected 1000, got 999", "path_count"],
  ["Number of points is incorrect: expected 289, got 288", "point_count"],
  ["Start timestamp is incorrect", "start_time_mismatch"],
  ["Time increment is incorrect", "increment_mismatch"],
  ["Price format is incorrect: too many digits", "price_too_many_digits"],
  ["Price format is incorrect: expected float", "price_not_a_number"],
  ["Response format is incorrect: expected tuple, got <class 'str'>", "not_a_sequence"],
  ["something that nobody has seen", "malformed"],
])("%s is told as %s, in its own words", (format, reason) => {
  expect(invalidAnswer(format)).toStrictEqual({ status: "invalid", reason, message: format });
});

test("what a miner sent does not come along at any length", () => {
  expect(invalidAnswer("x".repeat(10_000)).message).toHaveLength(300);
});
