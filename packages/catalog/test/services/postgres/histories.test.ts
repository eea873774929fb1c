import { expect, test } from "vitest";
import { checkHistories } from "../../helpers/catalog-histories.ts";
import { postgresSchemas } from "./postgres-schemas.ts";

const { open } = await postgresSchemas();

test("histories of saves, scores, deletions and claims end as in a plain model", async () => {
  expect(await checkHistories(open, { numRuns: 25 })).toBe(25);
});
