import { AppError } from "@foretile/app-kit";

import { readBoundedFile } from "./read-bounded-file.ts";

const MAX_UID = 65_535;

/**
 * Reads the slots of miners from a file: a JSON object of miner ids and uids, `{"1012": 17}`.
 *
 * @throws {AppError} `usage` for a file that is not that
 */
export async function readMinerFile(path: string): Promise<ReadonlyMap<number, number>> {
  const text = await readBoundedFile(path, "miner file");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError("usage", `miner file is not JSON file=${path}`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(path, "it");
  return new Map(
    Object.entries(value).map(([minerId, uid]) => {
      const isSlot = Number.isInteger(uid) && Number(uid) >= 0 && Number(uid) <= MAX_UID;
      if (!/^(?:0|[1-9][0-9]{0,14})$/.test(minerId) || !isSlot) throw wrong(path, minerId);
      return [Number(minerId), Number(uid)];
    }),
  );
}

function wrong(path: string, where: string): AppError {
  return new AppError("usage", `miner file is wrong file=${path} at=${JSON.stringify(where)}`, {
    hint: 'it is a JSON object of miner ids and uids: {"1012": 17, "1013": 42}',
  });
}
