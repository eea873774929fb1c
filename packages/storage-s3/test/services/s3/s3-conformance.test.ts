import { describe, test } from "vitest";
import { storeConformance } from "@foretile/storage/conformance";
import { serviceStores } from "./service-stores.ts";

const stores = await serviceStores();

storeConformance({ describe, test }, { name: "s3", open: stores.open, reopen: stores.reopen });
