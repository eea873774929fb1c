import { temporaryFolder } from "@foretile/testkit";
import { bigtableService } from "@foretile/testkit/services";
import { expect, test, vi } from "vitest";

import { rowsAndImported } from "../../support/rows-and-imported.ts";
import { jsonLines } from "../../support/run-scorer.ts";

const { endpoint, project, instance, tablePrefix } = await bigtableService();

test("rows in Bigtable are scored where they are, as if they had been imported", async () => {
  vi.stubEnv("BIGTABLE_EMULATOR_HOST", endpoint);
  await using folder = await temporaryFolder();
  const url = `bigtable://${project}/${instance}/${tablePrefix}`;
  const { run, expected } = await rowsAndImported(url, folder.path);
  expect(jsonLines(run)).toEqual(expected);
  expect(run.exitCode).toBe(4);
});
