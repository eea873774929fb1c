import { openLmdbStore } from "@foretile/storage-lmdb";
import { temporaryFolder } from "@foretile/testkit";
import { afterAll, describe } from "vitest";

import { goldTableCases } from "./gold-table-cases.ts";

const folders = new AsyncDisposableStack();
afterAll(() => folders.disposeAsync());

const { path } = folders.use(await temporaryFolder());
const store = folders.use(await openLmdbStore({ path, mode: "create" }));
describe("a table of Gold's in LMDB", () => {
  goldTableCases(store);
});
