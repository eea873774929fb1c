import type { LabelConfig } from "@foretile/prediction-store";

import { AppError } from "../failure/app-error.ts";

/** @throws {AppError} `not-found` when no label has that name */
export function findLabel(labels: readonly LabelConfig[], name: string): LabelConfig {
  const label = labels.find((known) => known.label === name);
  if (label !== undefined) return label;
  throw new AppError("not-found", `no such label label=${name}`, {
    hint: `known: ${labels.map((known) => known.label).join(", ")}`,
  });
}
