import { openMemoryStore } from "@foretile/storage/memory";
import { describe, test } from "vitest";
import { traceStoreConformance } from "../../src/conformance/index.ts";

traceStoreConformance({ describe, test }, { name: "memory", open: async () => openMemoryStore() });

traceStoreConformance(
  { describe, test },
  {
    name: "memory with packs",
    open: async () => openMemoryStore(),
    composition: { placement: "packs" },
    promises: ["appends", "reads", "damage"],
  },
);
