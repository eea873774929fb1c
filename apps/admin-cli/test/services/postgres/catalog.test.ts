import { postgresService } from "@foretile/testkit/services";
import { afterAll } from "vitest";

import { catalogCommandSuite } from "../../commands/catalog/catalog-suite.ts";

const databases = new AsyncDisposableStack();
afterAll(() => databases.disposeAsync());

catalogCommandSuite("a catalog in Postgres", async () => {
  const { url } = databases.use(await postgresService());
  return url;
});
