import { InvalidArgumentError } from "commander";

/** Makes the parser of a whole number from `min` on. */
export function wholeFrom(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(value) || value < min) {
      throw new InvalidArgumentError(`Expected a whole number from ${min} on`);
    }
    return value;
  };
}
