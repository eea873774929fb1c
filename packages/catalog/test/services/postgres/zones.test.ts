import { describe, expect, test } from "vitest";
import { catalogConformance } from "../../../src/conformance/index.ts";
import { DUE_RULES, isDueBy, TAPERING_RULES, thinnedBy } from "../../helpers/network-rules.ts";
import { postgresSchemas } from "./postgres-schemas.ts";

/* Databases whose sessions start east and west of UTC: no time may move by the difference. */

for (const zone of ["Europe/Paris", "America/New_York"]) {
  const { execute, open } = await postgresSchemas(zone);

  catalogConformance({ describe, test }, { name: `Postgres in ${zone}`, open });

  describe(`a database in ${zone}`, () => {
    test("is there", async () => {
      expect(await execute("show timezone")).toEqual([{ TimeZone: zone }]);
    });

    test.each(TAPERING_RULES)("tapering $id", async (rule) => {
      await using catalog = await open();
      expect(await thinnedBy(catalog, rule)).toEqual(rule.expected_thinned_ids);
    });

    test.each(DUE_RULES)("due at $scored_time for an end at $window_end_unix", async (rule) => {
      await using catalog = await open();
      expect(await isDueBy(catalog, rule)).toBe(rule.expected);
    });
  });
}
