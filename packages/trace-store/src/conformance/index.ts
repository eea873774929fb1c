/**
 * The proof that trace sets keep their promises on a store, for any test runner.
 *
 * ```ts
 * import { describe, test } from "vitest";
 * import { openMemoryStore } from "@foretile/storage/memory";
 * import { traceStoreConformance } from "@foretile/trace-store/conformance";
 *
 * traceStoreConformance({ describe, test }, { name: "memory", open: async () => openMemoryStore() });
 * ```
 *
 * @module
 */
export {
  traceStoreConformance,
  type TraceConformanceOptions,
  type TracePromise,
} from "./trace-store-conformance.ts";
