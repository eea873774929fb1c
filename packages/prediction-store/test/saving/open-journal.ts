import { readdir } from "node:fs/promises";
import { systemIds } from "@foretile/resilience/system";
import { SpillJournal } from "../../src/saving/index.ts";

/** The journal of a folder, to be disposed of before the folder is opened again. */
export function openJournal(folder: string, maxBytes?: number): Promise<SpillJournal> {
  return SpillJournal.open({ folder, ids: systemIds, maxBytes });
}

/** What is in the folder of a journal, but for its lock. */
export async function filesOf(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.endsWith(".lock"));
}
