import { InvalidArgumentError } from "commander";

import { parseStepRange, type WantedSteps } from "./parse-step-range.ts";

/** Steps and ranges of steps separated by commas: `0,144,280:`. */
export function parseStepList(text: string): readonly WantedSteps[] {
  return text.split(",").map((part) => {
    if (/^[0-9]{1,9}$/.test(part)) return { from: Number(part), to: Number(part) + 1 };
    if (/^[0-9]*:[0-9]*$/.test(part)) return parseStepRange(part);
    throw new InvalidArgumentError("Expected steps and ranges such as 0,144 or 0:32,288:");
  });
}

/** The steps that are meant, of a request with so many; one that it does not have stays in, to be refused. */
export function stepsMeant(wanted: readonly WantedSteps[], steps: number): readonly number[] {
  return wanted.flatMap(({ from = 0, to = steps }) => {
    // Nobody has so many steps: the first one outside says it all.
    const end = Math.min(to, Math.max(from, steps) + 1);
    return Array.from({ length: Math.max(0, end - from) }, (_, index) => from + index);
  });
}
