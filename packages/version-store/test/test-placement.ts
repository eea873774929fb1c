import type { PlacementName, PlacementOptions } from "../src/placement/placement.ts";

const name = process.env["FORETILE_TEST_PLACEMENT"] as PlacementName | undefined;

/**
 * Where the suites put segments, where they do not say so themselves: the same tests run once for each placement. Packs
 * are as small as they may be, so that values have several.
 */
export const TEST_PLACEMENT: PlacementOptions =
  name === "packs" ? { placement: name, packBytes: 4096 } : { placement: name };
