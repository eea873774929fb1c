import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";
import { toKey } from "@foretile/storage";
import { temporaryFolder } from "@foretile/testkit";
import { openLmdbStore } from "../../src/index.ts";
import { canMount, mounting } from "./namespace.ts";
import { runWorker } from "./run-worker.ts";

const byPermissions = { name: "a folder without write permission", mount: false };
const byMount = { name: "a read-only file system", mount: true };

test.each(canMount() ? [byPermissions, byMount] : [byPermissions])(
  "$name can be read and not written",
  async ({ mount }) => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "store");
    await using store = await openLmdbStore({ path, mode: "create" });
    await store.blobs.putNew(toKey("greeting"), new TextEncoder().encode("hello"));
    await store.close();

    if (!mount) {
      await chmod(folder.path, 0o755);
      for (const name of await readdir(path)) await chmod(join(path, name), 0o444);
      await chmod(path, 0o555);
    }
    const [line = ""] = await runWorker(
      "read-only",
      mount ? [path] : [path, "nobody"],
      mount
        ? mounting(`mount --bind '${path}' '${path}' && mount -o remount,ro,bind '${path}'`)
        : [],
    );
    if (!mount) await chmod(path, 0o755);
    expect(JSON.parse(line)).toEqual({
      write: "read-only",
      create: "read-only",
      read: "hello",
      put: "read-only",
    });
  },
);
