// Usage: writer.worker.ts PATH NAME. Commits until it is killed, and says so after each commit.
import { writeSync } from "node:fs";

import { toKey } from "@foretile/storage";
import { openLmdbStore } from "../../src/index.ts";
import { blobBytes, commitOf, recordBytes } from "./commit-data.ts";

const [path = "", name = ""] = process.argv.slice(2);
const { blobs, refs } = await openLmdbStore({ path, mode: "write" });
const head = toKey(`${name}/head`);

for (;;) {
  const state = await refs.read(head);
  const number = Number(new TextDecoder().decode(state?.value)) + 1;
  const commit = commitOf(name, number);
  await Promise.all(commit.blobs.map((key) => blobs.putNew(key, blobBytes(key))));
  await refs.compareAndSet(commit.record, undefined, recordBytes(commit));
  const next = new TextEncoder().encode(String(number));
  const { swapped } = await refs.compareAndSet(head, state?.token, next);
  // Not swapped when the last commit of the process before, which died with it, has only now come to light.
  // Written at once: an acknowledgement that waits in a buffer would die with the process.
  if (swapped) writeSync(1, `${number}\n`);
}
