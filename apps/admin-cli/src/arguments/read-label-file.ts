import { open } from "node:fs/promises";

import { AppError } from "@foretile/app-kit";
import {
  isPredictionStoreError,
  parseLabelConfig,
  type LabelConfig,
} from "@foretile/prediction-store";

/** Many times what a thousand labels take; keeps a wrong file from filling the memory. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Reads labels from a file: a JSON array, or one label a line as `label list --json` prints them.
 *
 * @throws {AppError} `usage` for a file that is not that, naming the label
 */
export async function readLabelFile(path: string): Promise<readonly LabelConfig[]> {
  const values = parseValues(await readBounded(path), path);
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

async function readBounded(path: string): Promise<string> {
  await using file = await open(path, "r");
  const bytes = new Uint8Array(MAX_BYTES + 1);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  if (length > MAX_BYTES) {
    throw new AppError("usage", `label file is too large file=${path} limit_bytes=${MAX_BYTES}`);
  }
  return new TextDecoder().decode(bytes.subarray(0, length));
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
