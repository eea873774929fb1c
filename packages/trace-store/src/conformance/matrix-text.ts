import type { TraceMatrix } from "../read/trace-block.ts";
import { POINT, type TraceValueType } from "../trace-values.ts";

/** What a point looks like in the tables of this suite. */
export type PointText = string;

/** Each trace with its points: `.` for missing, `?` for invalid, `x` for deleted, or the value. */
export function matrixTable(
  type: TraceValueType,
  { ids, positions, states, values }: Pick<TraceMatrix, "ids" | "positions" | "states" | "values">,
): Map<string, PointText[]> {
  const width = positions.length;
  return new Map(
    ids.map((id, row) => [
      id,
      positions.map((_, column) => {
        const at = row * width + column;
        const state = states[at];
        if (state === POINT.value) return valueText(type, values, at);
        if (state === POINT.missing) return ".";
        return state === POINT.invalid ? "?" : "x";
      }),
    ]),
  );
}

/** The value at a place, as text that tells it from any other. */
export function valueText(
  type: TraceValueType,
  values: TraceMatrix["values"],
  place: number,
): PointText {
  if (type === "digest") {
    return hex((values as Uint8Array).subarray(16 * place, 16 * place + 16));
  }
  const value = values[place];
  if (value instanceof Uint8Array) return hex(value);
  return Object.is(value, -0) ? "-0" : String(value);
}

export function hex(bytes: Uint8Array): string {
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
