import { AppError } from "@foretile/app-kit";
import {
  isPredictionStoreError,
  parseLabelConfig,
  type LabelConfig,
} from "@foretile/prediction-store";

import { readBoundedFile } from "./read-bounded-file.ts";

/**
 * Reads labels from a file: a JSON array, or one label a line as `label list --json` prints them.
 *
 * @throws {AppError} `usage` for a file that is not that, naming the label
 */
export async function readLabelFile(path: string): Promise<readonly LabelConfig[]> {
  const values = parseValues(await readBoundedFile(path, "label file"), path);
  if (values.length === 0) throw new AppError("usage", `label file holds no label file=${path}`);
  return values.map((value, index) => {
    try {
      return parseLabelConfig(value);
    } catch (cause) {
      if (!isPredictionStoreError(cause, "invalid-label")) throw cause;
      throw new AppError("usage", `label file is wrong file=${path} label=${index + 1}`, {
        cause,
        hint: "print a complete example with: foretile --store memory: label list --json",
      });
    }
  });
}

function parseValues(text: string, path: string): readonly unknown[] {
  try {
    return text.trimStart().startsWith("[")
      ? (JSON.parse(text) as unknown[])
      : text
          .split("\n")
          .filter((line) => line.trim() !== "")
          .map((line): unknown => JSON.parse(line));
  } catch (cause) {
    throw new AppError("usage", `label file is not JSON file=${path}`, { cause });
  }
}
