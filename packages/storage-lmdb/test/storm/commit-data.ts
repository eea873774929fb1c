import { toKey, type Key } from "@foretile/storage";
import { createSeededRandom } from "@foretile/testkit";

/** What one commit of a writer consists of. All of it follows from the writer's name and the commit's number. */
export interface Commit {
  readonly record: Key;
  readonly blobs: readonly Key[];
}

export function commitOf(writer: string, number: number): Commit {
  const record = toKey(`${writer}/commit/${String(number).padStart(6, "0")}`);
  const count = 1 + (number % 5);
  const blobs = Array.from({ length: count }, (_, index) => toKey(`${record}/blob/${index}`));
  return { record, blobs };
}

/** The bytes that belong under a blob's key: 1 byte to 100 kB. */
export function blobBytes(key: Key): Uint8Array {
  let seed = 0;
  for (const character of key) seed = (Math.imul(seed, 31) + character.charCodeAt(0)) | 0;
  const random = createSeededRandom(seed);
  const bytes = new Uint8Array(1 + (random.nextUint32() % 100_000));
  const step = random.nextUint32();
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = (index * step) >>> 11;
  return bytes;
}

/** The record that lists a commit's blobs. */
export function recordBytes(commit: Commit): Uint8Array {
  return new TextEncoder().encode(commit.blobs.join("\n"));
}
