import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { OpenedPredictions } from "@foretile/app-kit";
import { expect } from "vitest";

/** The blobs, by key, that writing something made. */
export async function blobsOf(
  { store }: OpenedPredictions,
  write: () => Promise<unknown>,
): Promise<Map<string, Uint8Array>> {
  const { blobs } = store;
  if (blobs === undefined) throw new Error("the store has no blobs");
  const before = new Set<string>();
  for await (const batch of blobs.list({})) for (const { key: name } of batch) before.add(name);
  await write();
  const made = new Map<string, Uint8Array>();
  for await (const batch of blobs.list({})) {
    for (const { key: name } of batch) {
      const bytes = before.has(name) ? undefined : await blobs.get(name);
      if (bytes !== undefined) made.set(name, bytes);
    }
  }
  return made;
}

/**
 * Changes one bit in the middle of some bytes wherever they stand in the store's file.
 *
 * @returns what stands there now; damaged once more, it is repaired, wherever the store has moved it
 */
export async function damage(folder: string, bytes: Uint8Array): Promise<Uint8Array> {
  const path = join(folder, "store", "data.mdb");
  const file = await readFile(path);
  const middle = bytes.length >> 1;
  const damaged = bytes.slice();
  damaged[middle] = (bytes[middle] ?? 0) ^ 0x10;
  let places = 0;
  for (let at = file.indexOf(bytes); at >= 0; at = file.indexOf(bytes, at + 1)) {
    file.set(damaged, at);
    places += 1;
  }
  expect(places).toBeGreaterThan(0);
  await writeFile(path, file);
  return damaged;
}
