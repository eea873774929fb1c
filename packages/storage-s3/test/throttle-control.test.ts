import { expect, test } from "vitest";
import { createThrottleControl, type ThrottleControl } from "../src/throttle-control.ts";

function control(most: number): {
  readonly throttle: ThrottleControl;
  readonly limits: number[];
  /** Sends so many together, of which each gets the status. */
  readonly answer: (count: number, status: number | undefined) => void;
} {
  const limits: number[] = [];
  const throttle = createThrottleControl({ most, onLimit: (limit) => limits.push(limit) });
  const answer = (count: number, status: number | undefined): void => {
    const all = Array.from({ length: count }, () => throttle.sent());
    for (const answered of all) answered(status);
  };
  return { throttle, limits, answer };
}

test.each([503, 429])(
  "requests under way together that are turned away by %i halve it once",
  (status) => {
    const { answer, limits } = control(64);
    answer(40, status);
    expect(limits).toEqual([32]);
    answer(40, status);
    expect(limits).toEqual([32, 16]);
  },
);

test("as many answers as the limit raise it by one, up to the most", () => {
  const { answer, limits } = control(4);
  answer(1, 503);
  answer(1, 200);
  expect(limits).toEqual([2]);
  answer(1, 404);
  expect(limits).toEqual([2, 3]);
  answer(3, 412);
  answer(100, 200);
  expect(limits).toEqual([2, 3, 4]);
});

test("the limit never falls below one", () => {
  const { answer, limits } = control(3);
  for (let round = 0; round < 5; round += 1) answer(1, 503);
  expect(limits).toEqual([1]);
});

test("a request without an answer says nothing", () => {
  const { answer, limits } = control(8);
  answer(1, 503);
  answer(50, undefined);
  expect(limits).toEqual([4]);
});

test("one that was sent before the limit was halved does not halve it again", () => {
  const { throttle, answer, limits } = control(8);
  const early = throttle.sent();
  answer(1, 503);
  answer(4, 200);
  early(503);
  expect(limits).toEqual([4, 5]);
});
