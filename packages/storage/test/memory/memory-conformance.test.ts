import { describe, test } from "vitest";
import { storeConformance } from "../../src/conformance/index.ts";
import { openMemoryStore } from "../../src/memory/index.ts";

storeConformance({ describe, test }, { name: "memory", open: async () => openMemoryStore() });

storeConformance(
  { describe, test },
  {
    name: "memory with small limits",
    open: async () =>
      openMemoryStore({
        limits: {
          maxBlobBytes: 100_000,
          maxValueBytes: 10_000,
          maxCellBytes: 20_000,
          maxQualifierBytes: 32,
          maxRowsPerMutation: 2_000,
        },
      }),
  },
);
