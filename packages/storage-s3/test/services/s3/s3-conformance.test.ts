import { describe, test, vi } from "vitest";
import { storeConformance } from "@foretile/storage/conformance";
import { serviceStores } from "./service-stores.ts";

// Each case has a store of its own and waits for the server nearly all of its time: some run at once, each slower.
vi.setConfig({ testTimeout: 300_000 });
const stores = await serviceStores();

storeConformance(
  { describe: describe.concurrent, test },
  { name: "s3", open: stores.open, reopen: stores.reopen },
);
