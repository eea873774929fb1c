import { expect, test } from "vitest";
import { bigtableService } from "../../../src/services/index.ts";

test("callers share the server and no table", async () => {
  const [one, other] = await Promise.all([bigtableService(), bigtableService()]);
  expect(one.endpoint).toBe(other.endpoint);
  expect(one.endpoint).toMatch(/^[^:]+:\d+$/);
  expect(one.tablePrefix).not.toBe(other.tablePrefix);
});
