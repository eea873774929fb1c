import { describe, test } from "vitest";
import { catalogConformance } from "../../src/conformance/index.ts";
import { openMemoryCatalog } from "./open-memory-catalog.ts";

catalogConformance({ describe, test }, { name: "rows in memory", open: () => openMemoryCatalog() });
