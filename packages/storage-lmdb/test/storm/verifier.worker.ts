// A thread that reads the blobs named in its data, whole and in part, and ends with code 1 when one is wrong.
import { workerData } from "node:worker_threads";

import type { Key } from "@foretile/storage";
import { openLmdbStore } from "../../src/index.ts";
import { blobBytes } from "./commit-data.ts";

const { path, keys, rounds } = workerData as {
  readonly path: string;
  readonly keys: readonly Key[];
  readonly rounds: number;
};

await using store = await openLmdbStore({ path, mode: "read" });
let wrong = 0;
for (let round = 0; round < rounds; round += 1) {
  for (const key of keys) {
    const expected = blobBytes(key);
    const range = { offset: round * 100, length: 1_000 };
    const [whole, part] = await Promise.all([
      store.blobs.get(key),
      store.blobs.get(key, { range }),
    ]);
    const expectedPart = expected.subarray(range.offset, range.offset + range.length);
    if (whole === undefined || Buffer.compare(whole, expected) !== 0) wrong += 1;
    if (part === undefined || Buffer.compare(part, expectedPart) !== 0) wrong += 1;
  }
}
process.exitCode = wrong === 0 ? 0 : 1;
