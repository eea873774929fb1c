import { InvalidArgumentError } from "commander";

const units: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};

/** Bytes, at least one: digits, or with a decimal unit as the program prints it: `500GB`, `1.5 TB`. */
export function parseBytes(text: string): number {
  const [, digits, unit = ""] = /^([0-9]{1,15}(?:\.[0-9]{1,6})?) ?([kMGT]?B)?$/.exec(text) ?? [];
  const bytes = Number(digits) * (units[unit] ?? Number.NaN);
  if (!Number.isSafeInteger(bytes) || bytes < 1) {
    throw new InvalidArgumentError("Expected bytes such as 500000000 or 500MB (kB, MB, GB, TB)");
  }
  return bytes;
}
