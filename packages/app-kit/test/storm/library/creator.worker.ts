// Makes a library in one store after the other, each when it is let go.
import { createLibrary, isVersionStoreError } from "@foretile/version-store";

import { createGate, openWorkerStore, tell, workerOptions } from "./worker-side.ts";

interface CreatorOptions {
  /** Folders of stores. */
  readonly paths: readonly string[];
}

const gate = createGate();
for (const path of (workerOptions() as CreatorOptions).paths) {
  await using store = await openWorkerStore({ path });
  tell({ did: "prepared" });
  await gate();
  try {
    const { config } = await createLibrary({ store });
    tell({ did: "created", id: config.id });
  } catch (error) {
    if (!isVersionStoreError(error)) throw error;
    tell({ did: "refused", code: error.code });
  }
}
process.stdin.destroy();
