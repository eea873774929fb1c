import { AppError } from "@foretile/app-kit";
import type { MinerIdentity } from "@foretile/catalog";

import { readBoundedFile } from "./read-bounded-file.ts";

/**
 * Reads who holds the slots from a file: a JSON array of `{"uid","coldkey","hotkey"}`. The catalog judges their values.
 *
 * @throws {AppError} `usage` for a file that is not that
 */
export async function readIdentityFile(path: string): Promise<readonly MinerIdentity[]> {
  const text = await readBoundedFile(path, "miner file");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError("usage", `miner file is not JSON file=${path}`, { cause });
  }
  if (Array.isArray(value) && value.every(isIdentity)) {
    return value.map(({ uid, coldkey, hotkey }) => ({ uid, coldkey, hotkey }));
  }
  throw new AppError("usage", `miner file is wrong file=${path}`, {
    hint: 'it is a JSON array of slots: [{"uid": 17, "coldkey": "5Cold…", "hotkey": "5Hot…"}]',
  });
}

function isIdentity(value: unknown): value is MinerIdentity {
  if (typeof value !== "object" || value === null) return false;
  const { uid, coldkey, hotkey } = value as Record<string, unknown>;
  return typeof uid === "number" && typeof coldkey === "string" && typeof hotkey === "string";
}
