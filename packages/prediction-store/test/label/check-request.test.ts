import { expect, test } from "vitest";

import { checkRequestAgainstLabel } from "../../src/label/check-request.ts";
import { SYNTH_LOW } from "../../src/label/synth-labels.ts";

const request = {
  label: "low",
  asset: "BTC",
  startUnixSeconds: 1_512_475_200,
  timeIncrementSeconds: 300,
  timeLengthSeconds: 86_400,
  simulations: 1000,
};

test("a request of the label's sizes belongs to it", () => {
  expect(checkRequestAgainstLabel(request, SYNTH_LOW)).toBeUndefined();
  // Any asset may be asked for.
  expect(checkRequestAgainstLabel({ ...request, asset: "NEW" }, SYNTH_LOW)).toBeUndefined();
});

test.each([
  [{ label: "high" }, "label is not the label's expected=low actual=high"],
  [{ timeIncrementSeconds: 60 }, "time increment is not the label's expected=300 actual=60"],
  [{ timeLengthSeconds: 42 }, "time length is not the label's expected=86400 actual=42"],
  [{ simulations: 1 }, "number of simulations is not the label's expected=1000 actual=1"],
])("%o does not", (change, reason) => {
  expect(checkRequestAgainstLabel({ ...request, ...change }, SYNTH_LOW)).toBe(reason);
});
