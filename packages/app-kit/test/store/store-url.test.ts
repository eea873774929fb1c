import { expect, test } from "vitest";

import { openStore, storeUrlForms } from "../../src/index.ts";
import { parseStoreUrl } from "../../src/store/store-url.ts";

test("a URL is a scheme and a location that is taken as it is", () => {
  const { scheme, location } = parseStoreUrl("LMDB:/data/a%20b:c\nd");
  expect(scheme.name).toBe("lmdb");
  expect(location).toBe("/data/a%20b:c\nd");
});

test.each(["/data/store", "./store", "store", ""])("%j has no scheme", (url) => {
  expect(() => parseStoreUrl(url)).toThrow(
    expect.objectContaining({
      name: "AppError",
      code: "invalid-store-url",
      hint: expect.stringContaining(storeUrlForms()),
    }),
  );
});

test("a path without a scheme is answered with the URL that was meant", () => {
  expect(() => parseStoreUrl("/data/store")).toThrow(
    expect.objectContaining({ hint: expect.stringContaining("did you mean lmdb:/data/store?") }),
  );
});

test("an unknown scheme lists the known ones", () => {
  expect(() => parseStoreUrl("gopher:hole")).toThrow(
    expect.objectContaining({ code: "unknown-scheme", hint: `known: ${storeUrlForms()}` }),
  );
  expect(storeUrlForms()).toContain("lmdb:PATH, ");
});

test.each(["lmdb:", "lmdb:~/store"])("%s names no folder", async (url) => {
  await expect(openStore(url, "read")).rejects.toMatchObject({ code: "invalid-store-url" });
});
