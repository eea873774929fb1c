import * as fc from "fast-check";
import { expect, test } from "vitest";

import { MAX_NAME_LENGTH } from "../../src/request/forecast-request.ts";
import { parseRequestKey, requestKey } from "../../src/request/request-key.ts";

test("names a request", () => {
  const address = { label: "low", asset: "BTC", startUnixSeconds: 1_512_475_200 };
  expect(requestKey(address)).toBe("low/BTC#1512475200");
  expect(parseRequestKey("low/BTC#1512475200")).toEqual(address);
});

test("every address has one key, which reads back", () => {
  const name = fc
    .string({ minLength: 1, maxLength: MAX_NAME_LENGTH })
    .filter((text) => /^[!-~]+$/.test(text));
  const seconds = fc.integer({ min: 0, max: 253_402_300_799 });
  fc.assert(
    fc.property(name, name, seconds, (label, asset, startUnixSeconds) => {
      const key = requestKey({ label, asset, startUnixSeconds });
      expect(parseRequestKey(key)).toEqual({ label, asset, startUnixSeconds });
      expect(key.split(/[/#]/)).toHaveLength(3);
      expect(key.length).toBeLessThanOrEqual(2 * 3 * MAX_NAME_LENGTH + 14);
    }),
  );
});

test.each([
  "",
  "low",
  "low/BTC",
  "low/BTC#",
  "/BTC#1",
  "low/#1",
  "low/BTC#01",
  "low/BTC#-1",
  "low/BTC#1.5",
  "low/BTC#1#2",
  "low/x/BTC#1",
  "low/BTC#999999999999999999",
  "low/BT~C#1",
  " low/BTC#1",
])("%s is no key", (key) => {
  expect(() => parseRequestKey(key)).toThrow("not a request key, expected LABEL/ASSET#UNIX");
});
