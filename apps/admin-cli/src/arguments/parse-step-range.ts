import { InvalidArgumentError } from "commander";

/** Steps as they were asked for, half-open; a missing end is the request's own. */
export interface WantedSteps {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

const pattern = /^([0-9]{1,9})?:([0-9]{1,9})?$/;

/** `a:b`, half-open, either end may be left out: `0:1` is the first step, `288:` the rest from there. */
export function parseStepRange(text: string): WantedSteps {
  const match = pattern.exec(text);
  if (match === null) {
    throw new InvalidArgumentError("Expected FROM:TO, such as 0:32 for the first 32 steps");
  }
  const [, from, to] = match;
  return { from: wholeOrMissing(from), to: wholeOrMissing(to) };
}

function wholeOrMissing(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}
