import { frame, type Frame } from "@foretile/version-store";

import { seedOf } from "./named-segments.ts";

/** Rows of which every cell follows from a name, as segments do. */
export function frameOf(names: readonly string[]): Frame {
  const numbers = Float64Array.from(names, seedOf);
  return frame({ columns: { name: names, number: numbers } });
}

/** The names of a frame's rows. */
export function rowNames(value: Frame): readonly string[] {
  const column = value.column("name");
  return column.type === "string" ? column.values : [];
}

/** What is wrong with a frame's cells. */
export function problemsOfCells(value: Frame): string[] {
  const column = value.column("number");
  return rowNames(value)
    .filter((name, row) => column.values[row] !== seedOf(name))
    .map((name) => `row has another number name=${name}`);
}
