// Usage: opener.worker.ts PATH. Opens the store and closes it again, all the time, until it is killed.
import { writeSync } from "node:fs";

import { openLmdbStore } from "../../src/index.ts";

const [path = ""] = process.argv.slice(2);
for (let times = 1; ; times += 1) {
  await using store = await openLmdbStore({ path, mode: times % 2 === 0 ? "read" : "write" });
  void store;
  writeSync(1, `opened ${times}\n`);
}
