import { InvalidArgumentError } from "commander";

import { parseAmount } from "./parse-named.ts";
import { wholeFrom } from "./parse-whole.ts";

/** Numbers from 0 on, separated by commas: `0.05,0.5,0.95`. */
export function parseAmounts(text: string): readonly number[] {
  return text.split(",").map(parseAmount);
}

/** Whole numbers and ranges of them, both ends in, separated by commas: `0,7,10-19`. */
export function parseNumbers(text: string): readonly number[] {
  return text.split(",").flatMap((part) => {
    const [first = "", last = first, ...more] = part.split("-");
    const [from, to] = [whole(first), whole(last)];
    if (more.length > 0 || to < from || to - from >= MAX_NUMBERS) {
      throw new InvalidArgumentError("Expected numbers such as 0,7 or 10-19");
    }
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}

/** Most numbers of one range: as many as a request can have simulations. */
const MAX_NUMBERS = 65_536;

const whole = wholeFrom(0);
