import { openLmdbStore } from "@foretile/storage-lmdb";
import { temporaryFolder } from "@foretile/testkit";
import { traceStoreConformance } from "@foretile/trace-store/conformance";
import { afterAll, describe, test } from "vitest";

const folder = await temporaryFolder();
afterAll(() => folder[Symbol.asyncDispose]());
let stores = 0;

traceStoreConformance(
  { describe: describe.concurrent, test },
  {
    name: "lmdb",
    open: async () => {
      stores += 1;
      return openLmdbStore({ path: `${folder.path}/${stores}`, mode: "create" });
    },
  },
);
