// Usage: full-disk.worker.ts FOLDER MAKE_ROOM. Fills the place until it is full, makes room with the command, goes on.
// Prints what happened as one line of JSON.
import { execSync } from "node:child_process";
import { writeSync } from "node:fs";
import { join } from "node:path";

import { isStorageError, toKey, type Key, type Store } from "@foretile/storage";
import { openLmdbStore } from "../../src/index.ts";

const BLOB_BYTES = 300_000;
const [folder = "", makeRoom = ""] = process.argv.slice(2);
// A file over the process's limit is an error of the write then, not the end of the process.
process.on("SIGXFSZ", () => undefined);

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "ok";
  } catch (error) {
    return isStorageError(error) ? `${error.code}/${error.retry}` : String(error);
  }
}

async function damagedBlobs({ blobs }: Store, stored: readonly Key[]): Promise<number> {
  let damaged = 0;
  for (const [index, key] of stored.entries()) {
    const bytes = await blobs.get(key);
    if (bytes?.byteLength !== BLOB_BYTES || bytes.some((byte) => byte !== index % 256))
      damaged += 1;
  }
  return damaged;
}

const path = join(folder, "store");
const store = await openLmdbStore({ path, mode: "create" });
const head = toKey("head");
const created = await store.refs.compareAndSet(head, undefined, new Uint8Array(10));
const token = created.swapped ? created.token : undefined;

const stored: Key[] = [];
const codes = new Set<string>();
for (let index = 0; index < 400 && codes.size === 0; index += 1) {
  const key = toKey(`blob/${index}`);
  const code = await codeOf(store.blobs.putNew(key, new Uint8Array(BLOB_BYTES).fill(index)));
  if (code === "ok") stored.push(key);
  else codes.add(code);
}
// Several at once fail together, and a second time as the first.
const large = new Uint8Array(8 * BLOB_BYTES);
const together = [1, 2, 3].map((index) => store.blobs.putNew(toKey(`large/${index}`), large));
for (const code of await Promise.all(together.map(codeOf))) codes.add(code);
const tooLargeRecord = new Uint8Array(1024 * 1024);
const changed = await codeOf(store.refs.compareAndSet(head, token, tooLargeRecord));
const readableWhenFull = (await store.refs.read(head)) !== undefined;
const damagedWhenFull = await damagedBlobs(store, stored);

execSync(makeRoom);
const rest = Array.from({ length: 20 }, (_, index) => toKey(`blob/${stored.length + index}`));
const afterwards = new Set<string>();
for (const key of rest) {
  const bytes = new Uint8Array(BLOB_BYTES).fill(stored.length);
  afterwards.add(await codeOf(store.blobs.putNew(key, bytes)));
  stored.push(key);
}
await store.close();

await using again = await openLmdbStore({ path, mode: "read" });
const listed: string[] = [];
for await (const batch of again.blobs.list({})) listed.push(...batch.map(({ key }) => key));
const report = {
  storedBeforeFull: stored.length - rest.length,
  codes: [...codes],
  changed,
  readableWhenFull,
  damagedWhenFull,
  afterwards: [...afterwards],
  damagedAfterwards: await damagedBlobs(again, stored),
  unexpected: listed.filter((key) => !stored.includes(key as Key)),
};
writeSync(1, `${JSON.stringify(report)}\n`);
