import { SYNTH_HIGH, SYNTH_LOW } from "@foretile/prediction-store";
import { expect, test } from "vitest";

import { labelRules } from "../../src/catalog/label-rules.ts";
import { catalogUrlOf, requiredCatalogUrl } from "../../src/index.ts";

const withPassword = "postgresql://me:secret@localhost/synth";

test("the option comes first, and only the environment may hold a password", () => {
  const env = { FORETILE_CATALOG: withPassword };
  expect(catalogUrlOf({}, { env })).toBe(withPassword);
  expect(catalogUrlOf({ catalog: "store" }, { env })).toBe("store");
  expect(catalogUrlOf({}, { env: {} })).toBeUndefined();
  expect(() => catalogUrlOf({ catalog: withPassword }, { env: {} })).toThrow(
    expect.objectContaining({
      code: "invalid-catalog-url",
      message: expect.not.stringContaining("secret") as string,
      hint: expect.stringContaining("PGPASSWORD") as string,
    }),
  );
  expect(() => requiredCatalogUrl({}, { env: {} })).toThrow("no catalog given");
});

test.each([
  ["", "no such kind of catalog"],
  ["lmdb:./store", "no such kind of catalog scheme=lmdb"],
  ["postgres:synth", "not named by a URL"],
  ["postgresql://localhost/", "does not name a database"],
  ["postgresql://localhost/synth?schema=", "empty schema"],
])("%j is refused with a hint", (catalog, message) => {
  expect(() => catalogUrlOf({ catalog }, { env: {} })).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining("postgresql://USER@HOST:PORT/DATABASE") as string,
    }),
  );
});

test("labels are told by their length, and by their assets where they share one", () => {
  const other = { ...SYNTH_LOW, label: "stocks", assets: ["SPY"] };
  expect(labelRules([SYNTH_LOW, SYNTH_HIGH])).toEqual([
    { label: "low", timeLengthSeconds: 86_400 },
    { label: "high", timeLengthSeconds: 3_600 },
  ]);
  expect(labelRules([SYNTH_LOW, other])).toEqual([
    { label: "low", timeLengthSeconds: 86_400, assets: SYNTH_LOW.assets },
    { label: "stocks", timeLengthSeconds: 86_400, assets: ["SPY"] },
  ]);
});
