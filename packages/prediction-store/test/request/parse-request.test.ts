import { describe, expect, test } from "vitest";

import { isPredictionStoreError } from "../../src/prediction-store-error.ts";
import { parseRequest } from "../../src/request/parse-request.ts";

const wire: Readonly<Record<string, unknown>> = {
  id: "r1",
  label: "low",
  asset: "BTC",
  start_time: "2017-12-05T12:00:00+00:00",
  time_increment: 300,
  time_length: 86_400,
  num_simulations: 1000,
};

test("reads the wire form", () => {
  expect(parseRequest(wire)).toEqual({
    id: "r1",
    request: {
      label: "low",
      asset: "BTC",
      startUnixSeconds: 1_512_475_200,
      timeIncrementSeconds: 300,
      timeLengthSeconds: 86_400,
      simulations: 1000,
    },
  });
});

test("converts the start time by its own zone", () => {
  for (const start of [
    "2017-12-05T12:00:00",
    "2017-12-05T14:00:00+02:00",
    "2017-12-05T12:00:00.9Z",
  ]) {
    expect(parseRequest({ ...wire, start_time: start }).request.startUnixSeconds).toBe(
      1_512_475_200,
    );
  }
});

describe("faults", () => {
  test.each([
    ["id", undefined, "id is missing"],
    ["id", 7, "id must be a string value=7"],
    ["id", "", "id must have 1 to 128 characters length=0"],
    ["id", "x".repeat(129), "id must have 1 to 128 characters length=129"],
    ["label", null, "label must be a string type=null"],
    ["label", "", "label must be printable ASCII"],
    ["label", "l w", "label must be printable ASCII"],
    ["label", "x".repeat(33), "label is too long limit=32 length=33"],
    ["asset", ["BTC"], "asset must be a string type=array"],
    ["asset", "BTĆ", "asset must be printable ASCII"],
    ["start_time", 1_512_475_200, "start_time must be a string value=1512475200"],
    ["start_time", "yesterday", "start_time must be an ISO 8601 time"],
    ["start_time", "2017-02-30T12:00:00", "start_time must be an ISO 8601 time"],
    ["start_time", "9".repeat(1e6), "start_time must have 1 to 128 characters length=1000000"],
    ["time_increment", 0, "time_increment must be a whole number from 1"],
    ["time_increment", 0.5, "time_increment must be a whole number from 1"],
    ["time_increment", "300", "time_increment must be a whole number"],
    ["time_increment", Number.NaN, "time_increment must be a whole number"],
    ["time_length", -86_400, "time_length must be a whole number"],
    ["time_length", 1e300, "time_length must be a whole number"],
    ["time_length", 299, "time length is shorter than one increment length=299 increment=300"],
    ["time_length", 300 * 65_536, "too many steps limit=65536 steps=65537"],
    ["num_simulations", 0, "num_simulations must be a whole number from 1 to 65536 value=0"],
    [
      "num_simulations",
      65_537,
      "num_simulations must be a whole number from 1 to 65536 value=65537",
    ],
    ["num_simulations", 65_536, "tiles would be too large limit=67108864 bytes=75759616"],
    ["timeout", 60, 'unknown member name="timeout"'],
  ])("%s %s", (name, value, message) => {
    const faulty =
      value === undefined ? { ...wire, [name]: undefined } : { ...wire, [name]: value };
    expect(() => parseRequest(faulty)).toThrow(message);
    expect(codeOf(() => parseRequest(faulty))).toBe("invalid-request");
  });

  test.each([null, undefined, 7, "r1", [wire]])("%s is no object", (value) => {
    expect(() => parseRequest(value)).toThrow("request must be an object");
  });
});

test("the largest tile that is allowed", () => {
  const { request } = parseRequest({
    ...wire,
    time_increment: 1,
    time_length: 16_383,
    num_simulations: 1024,
  });
  expect(request.simulations).toBe(1024);
  expect(() =>
    parseRequest({ ...wire, time_increment: 1, time_length: 16_384, num_simulations: 1024 }),
  ).toThrow("tiles would be too large");
});

function codeOf(call: () => unknown): string | undefined {
  try {
    call();
  } catch (error) {
    return isPredictionStoreError(error) ? error.code : undefined;
  }
  return undefined;
}
