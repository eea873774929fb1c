import { describe, test } from "vitest";
import { storeConformance } from "@foretile/storage/conformance";
import { temporaryStores } from "./temporary-stores.ts";

const stores = temporaryStores();

storeConformance({ describe, test }, { name: "lmdb", open: stores.open, reopen: stores.reopen });
