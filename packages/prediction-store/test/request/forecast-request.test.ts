import { describe, expect, test } from "vitest";

import { checkForecastRequest, stepCount } from "../../src/request/forecast-request.ts";

test("counts the start among the steps", () => {
  expect(stepCount({ timeIncrementSeconds: 300, timeLengthSeconds: 86_400 })).toBe(289);
  expect(stepCount({ timeIncrementSeconds: 60, timeLengthSeconds: 3600 })).toBe(61);
  expect(stepCount({ timeIncrementSeconds: 7, timeLengthSeconds: 20 })).toBe(3);
});

describe("checks what code builds as what the wire brings", () => {
  const good = {
    label: "low",
    asset: "xyz:CL/USD",
    startUnixSeconds: 0,
    timeIncrementSeconds: 1,
    timeLengthSeconds: 1,
    simulations: 1,
  };

  test.each([
    [{ label: "" }],
    [{ asset: "" }],
    [{ startUnixSeconds: -1 }],
    [{ startUnixSeconds: 1.5 }],
    [{ startUnixSeconds: Number.NaN }],
    [{ timeIncrementSeconds: 0 }],
    [{ timeIncrementSeconds: 2 }],
    [{ timeLengthSeconds: Infinity }],
    [{ timeLengthSeconds: 65_536 }],
    [{ simulations: 0 }],
    [{ simulations: 65_537 }],
    [{ simulations: 65_536, timeLengthSeconds: 256 }],
  ])("%o", (change) => {
    expect(() => {
      checkForecastRequest(good);
    }).not.toThrow();
    expect(() => {
      checkForecastRequest({ ...good, ...change });
    }).toThrow(expect.objectContaining({ code: "invalid-request" }));
  });
});
