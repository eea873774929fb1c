// Usage: read-only.worker.ts PATH. Tries to open a store that it may only read, and prints what happened as JSON.
import { writeSync } from "node:fs";

import { isStorageError, toKey } from "@foretile/storage";
import { openLmdbStore } from "../../src/index.ts";

const [path = ""] = process.argv.slice(2);

// Permission bits mean nothing to root, so it becomes nobody; inside a namespace of its own it need not.
if (process.argv[3] === "nobody" && process.getuid?.() === 0) {
  process.setgid?.(65_534);
  process.setuid?.(65_534);
}

async function codeOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return "ok";
  } catch (error) {
    return isStorageError(error) ? error.code : String(error);
  }
}

const report = {
  write: await codeOf(() => openLmdbStore({ path, mode: "write" })),
  create: await codeOf(() => openLmdbStore({ path: `${path}/new`, mode: "create" })),
  read: "",
  put: "",
};
await using store = await openLmdbStore({ path, mode: "read" });
report.read = new TextDecoder().decode(await store.blobs.get(toKey("greeting")));
report.put = await codeOf(() => store.blobs.putNew(toKey("other"), new Uint8Array(1)));
writeSync(1, `${JSON.stringify(report)}\n`);
