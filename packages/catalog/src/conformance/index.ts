/**
 * The proof that a catalog keeps its promises, for any test runner.
 *
 * ```ts
 * import { describe, test } from "vitest";
 * import { catalogConformance } from "@foretile/catalog/conformance";
 * import { openEmptyCatalog } from "./my-catalog.ts";
 *
 * catalogConformance({ describe, test }, { name: "mine", open: openEmptyCatalog });
 * ```
 *
 * @module
 */
export {
  catalogConformance,
  type CatalogConformanceOptions,
  type ConformanceRunner,
} from "./catalog-conformance.ts";
