import { SimulationError } from "./simulation-error.ts";

/** @throws {SimulationError} `invalid-argument` outside `least` to `most` */
export function checkInteger(name: string, value: number, least: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new SimulationError(
    "invalid-argument",
    `${name} must be an integer least=${least} most=${most} value=${value}`,
  );
}

/** @throws {SimulationError} `invalid-argument` outside 0 to 1 */
export function checkProbability(name: string, value: number): number {
  if (value >= 0 && value <= 1) return value;
  throw new SimulationError("invalid-argument", `${name} must be from 0 to 1 value=${value}`);
}
