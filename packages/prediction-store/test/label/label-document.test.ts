import { describe, expect, test } from "vitest";

import { labelDocument, parseLabelConfig } from "../../src/label/label-document.ts";
import { SYNTH_HIGH, SYNTH_LOW } from "../../src/label/synth-labels.ts";

test.each([SYNTH_LOW, SYNTH_HIGH])("$label reads back, its intervals in order", (config) => {
  const document: unknown = JSON.parse(JSON.stringify(labelDocument(config)));
  const back = parseLabelConfig(document);
  expect(back).toEqual(config);
  expect(Object.keys(back.intervals)).toEqual(Object.keys(config.intervals));
  expect(Object.keys(back)).toEqual(Object.keys(config));
});

describe("faults", () => {
  test.each([
    ["label", undefined, "label is missing"],
    ["label", "l w", "label must be printable ASCII"],
    ["time_length", 299, "time length is shorter"],
    ["time_increment", "300", "time_increment must be a whole number"],
    ["num_simulations", 65_536, "tiles would be too large"],
    ["intervals", {}, "intervals must be an array"],
    ["intervals", [], "intervals must have 1 to 256 entries count=0"],
    [
      "intervals",
      Array.from({ length: 257 }, () => ["5min", 300]),
      "intervals must have 1 to 256 entries count=257",
    ],
    ["intervals", ["5min"], "intervals must be pairs"],
    ["intervals", [["5min", 300, 1]], "intervals must be pairs"],
    ["intervals", [["5min", "300"]], "intervals must have positive numbers name=5min"],
    [
      "intervals",
      [
        ["5min", 300],
        ["5min", 600],
      ],
      "intervals must not repeat name=5min",
    ],
    ["intervals", [["300", 300]], "intervals must have names"],
    ["intervals", [["5 min", 300]], "intervals must have names"],
    [
      "intervals",
      [["5min", 299]],
      "interval must be whole seconds from one increment to the length",
    ],
    ["intervals", [["5min", 300.5]], "interval must be whole seconds"],
    ["intervals", [["5min", 86_700]], "interval must be whole seconds"],
    ["assets", ["BTC", "BTC"], "assets must not repeat"],
    ["assets", [""], "assets must have names"],
    ["assets", [7], "assets must have names"],
    ["asset_coefficients", [["BTC", 0]], "asset_coefficients must have positive numbers name=BTC"],
    ["asset_coefficients", [["BTC", Number.NaN]], "asset_coefficients must have positive numbers"],
    ["window_days", -1, "window_days must be a number from 0"],
    ["softmax_beta", 0.1, "softmax_beta must be a number from"],
    ["softmax_beta", 0, "softmax_beta must be below 0"],
    ["emission_share", 0, "emission_share must be above 0"],
    ["emission_share", 1.1, "emission_share must be a number from 0 to 1"],
    ["retention_days", Infinity, "retention_days must be a number"],
    ["thin_after_minutes", null, "thin_after_minutes must be a number"],
    ["thin_bucket_seconds", 0, "thin_bucket_seconds must be a whole number"],
    ["cycle_minutes", 5, 'unknown member name="cycle_minutes"'],
  ])("%s %o", (name, value, message) => {
    const document = { ...labelDocument(SYNTH_LOW), [name]: value };
    expect(() => parseLabelConfig(document)).toThrow(
      expect.objectContaining({
        code: "invalid-label",
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  test("no object", () => {
    expect(() => parseLabelConfig(null)).toThrow("label must be an object");
  });
});

test("a label without coefficients weighs all assets alike", () => {
  const document = { ...labelDocument(SYNTH_LOW), asset_coefficients: [] };
  expect(parseLabelConfig(document).assetCoefficients).toEqual({});
});
