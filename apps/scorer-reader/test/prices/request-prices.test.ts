import { createHash } from "node:crypto";

import { describe, expect, test } from "vitest";

import { type PriceSeries, PriceSeriesBuilder } from "../../src/prices/price-series.ts";
import { requestPrices } from "../../src/prices/request-prices.ts";

const request = {
  label: "low",
  asset: "BTC",
  startUnixSeconds: 600,
  timeIncrementSeconds: 120,
  timeLengthSeconds: 500,
  simulations: 3,
};
const changes = { "2min": 120 };

function series(rows: readonly (readonly [number, number])[]): PriceSeries {
  const builder = new PriceSeriesBuilder();
  for (const [index, [unixSeconds, price]] of rows.entries()) {
    builder.add(unixSeconds, price, index + 1);
  }
  return builder.build();
}

describe("requestPrices", () => {
  test("takes the price at each step and NaN for a missing one", () => {
    const prices = requestPrices(
      series([
        [540, 9],
        [600, 10],
        [660, 99],
        [720, 11],
        [960, 13],
        [1080, 14],
        [1081, 15],
      ]),
      request,
      changes,
    );
    // Five steps: the length is no multiple of the increment, the last step is at 1080 and not at 1100.
    expect(prices).toMatchObject({
      status: "covered",
      path: Float64Array.of(10, 11, Number.NaN, 13, 14),
      missingCount: 1,
    });
    const bytes = Buffer.alloc(40);
    for (const [index, price] of [10, 11, 0, 13, 14].entries()) {
      bytes.writeDoubleLE(price, index * 8);
    }
    bytes.writeBigUInt64LE(0x7ff8_0000_0000_0000n, 16);
    const hash = createHash("sha256").update(bytes).digest("hex");
    expect(prices).toMatchObject({ hash });
  });

  test("a missing first price is a gap when the series begins before", () => {
    const prices = requestPrices(
      series([
        [599, 9],
        [960, 13],
        [1080, 14],
        [1140, 14],
      ]),
      request,
      changes,
    );
    expect(prices).toMatchObject({ status: "covered", missingCount: 3 });
  });

  test.each([
    [
      [
        [601, 1],
        [1080, 2],
        [1140, 2],
      ],
      "prices begin after its first step prices_from=1970-01-01T00:10:01Z",
    ],
    [
      [
        [600, 1],
        [1080, 2],
      ],
      "prices do not go on behind its last step last_step=1970-01-01T00:18:00Z prices_to=1970-01-01T00:18:00Z",
    ],
    [
      [
        [600, 1],
        [1140, 2],
      ],
      "the price at its last step is missing last_step=1970-01-01T00:18:00Z",
    ],
    [
      [
        [600, 1],
        [840, 1],
        [1080, 2],
        [1140, 2],
      ],
      "too many prices are missing missing=2 steps=5",
    ],
  ] as const)("%j does not cover the request", (rows, reason) => {
    expect(requestPrices(series(rows), request, changes)).toEqual({
      status: "not-covered",
      reason,
    });
  });

  test("one scored price is enough", () => {
    const rows = series([
      [600, 1],
      [1080, 2],
      [1140, 2],
    ]);
    expect(requestPrices(rows, request, { "8min_abs": 480 }).status).toBe("covered");
  });
});
