import { postgresService } from "@foretile/testkit/services";
import { afterAll } from "vitest";

import { scorerCatalogSuite } from "../../catalog/catalog-suite.ts";

const databases = new AsyncDisposableStack();
afterAll(() => databases.disposeAsync());

scorerCatalogSuite("a catalog in Postgres", async () => {
  const { url } = databases.use(await postgresService());
  return url;
});
