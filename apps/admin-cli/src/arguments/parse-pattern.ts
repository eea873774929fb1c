import { InvalidArgumentError } from "commander";

/** A regular expression over Unicode characters. */
export function parsePattern(text: string): RegExp {
  try {
    return new RegExp(text, "u");
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : "Expected a pattern");
  }
}
