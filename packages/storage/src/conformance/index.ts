/**
 * The proof that a store keeps its promises, for any test runner.
 *
 * ```ts
 * import { describe, test } from "vitest";
 * import { storeConformance } from "@foretile/storage/conformance";
 * import { openMemoryStore } from "@foretile/storage/memory";
 *
 * storeConformance({ describe, test }, { name: "memory", open: async () => openMemoryStore() });
 * ```
 *
 * @module
 */
export {
  storeConformance,
  type ConformanceOptions,
  type ConformanceRunner,
} from "./store-conformance.ts";
