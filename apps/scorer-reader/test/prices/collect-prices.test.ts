import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { type PriceSeries, PriceSeriesBuilder } from "../../src/prices/price-series.ts";
import { collectPrices } from "../../src/prices/read-price-file.ts";
import { ScorerError } from "../../src/scorer-error.ts";

async function* pieces(text: string, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let from = 0; from < bytes.length; from += size) yield bytes.slice(from, from + size);
}

async function failure(text: string, size?: number): Promise<ScorerError> {
  const error: unknown = await collectPrices(pieces(text, size)).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ScorerError)) throw new Error(`no scorer error: ${String(error)}`);
  return error;
}

function priceAt(series: PriceSeries, unixSeconds: number): number | undefined {
  const [row] = series.rows(unixSeconds, unixSeconds);
  return row?.unixSeconds === unixSeconds ? row.price : undefined;
}

describe("collectPrices", () => {
  test("reads rows with a header, CRLF, blanks, a byte order mark and no last line end", async () => {
    const text = "\u{FEFF}timestamp,price\r\n1512086400, 9941.3\r\n\r\n 1512086520 ,1e4";
    const series = await collectPrices(pieces(text));
    expect(series.length).toBe(2);
    expect(priceAt(series, 1512086400)).toBe(9941.3);
    expect(priceAt(series, 1512086460)).toBeUndefined();
    expect(priceAt(series, 1512086520)).toBe(10_000);
    expect([series.firstUnixSeconds, series.lastUnixSeconds]).toEqual([1512086400, 1512086520]);
    expect([series.duplicateCount, series.wasOutOfOrder]).toEqual([0, false]);
  });

  test("needs no header", async () => {
    const series = await collectPrices(pieces("60,1\n120,2\n"));
    expect([priceAt(series, 60), priceAt(series, 120), series.length]).toEqual([1, 2, 2]);
  });

  test("any order, repetition and cutting into pieces gives the same prices", async () => {
    const rows = fc.uniqueArray(
      fc.record({ minute: fc.nat(500), price: fc.double({ min: 1e-6, max: 1e9, noNaN: true }) }),
      { selector: (row) => row.minute, minLength: 1, maxLength: 60 },
    );
    const scenario = rows.chain((distinct) =>
      fc.record({
        distinct: fc.constant(distinct),
        repeated: fc.array(fc.constantFrom(...distinct), { maxLength: 20 }).chain((again) =>
          fc.shuffledSubarray([...distinct, ...again], {
            minLength: distinct.length + again.length,
          }),
        ),
        size: fc.integer({ min: 1, max: 40 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(scenario, async ({ distinct, repeated, size }) => {
        const text = repeated.map(({ minute, price }) => `${minute * 60},${price}\n`).join("");
        const series = await collectPrices(pieces(text, size));
        const byMinute = new Map(distinct.map(({ minute, price }) => [minute, price]));
        expect(series.length).toBe(distinct.length);
        expect(series.duplicateCount).toBe(repeated.length - distinct.length);
        for (let minute = 0; minute <= 500; minute += 1) {
          expect(priceAt(series, minute * 60)).toBe(byMinute.get(minute));
        }
        const minutes = repeated.map((row) => row.minute);
        const ascending = minutes.every((value, index) => value >= (minutes[index - 1] ?? 0));
        expect(series.wasOutOfOrder).toBe(!ascending);
      }),
    );
  });

  test("grows beyond its first capacity", async () => {
    const text = Array.from({ length: 10_000 }, (_, index) => `${index},${index + 1}\n`).join("");
    const series = await collectPrices(pieces(text, 65_536));
    expect([series.length, priceAt(series, 0), priceAt(series, 9999)]).toEqual([10_000, 1, 10_000]);
  });

  test("two prices of one second are an error that names both lines", async () => {
    const error = await failure("timestamp,price\n60,1\n180,3\n120,2\n60,1.5\n");
    expect(error.code).toBe("price-conflict");
    expect(error.details).toEqual({ firstLine: 2, line: 5 });
    expect(error.message).toBe(
      "two prices for one timestamp timestamp=60 line=2 price=1 line=5 price=1.5",
    );
  });

  test.each([
    ["no bytes", ""],
    ["a header alone", "timestamp,price\n"],
    ["blank lines", "\n\n \n"],
  ])("%s: empty", async (_, text) => {
    expect((await failure(text)).code).toBe("price-file-empty");
  });

  test.each([
    ["60,1\n120,abc\n", 2],
    ["60,1\n120\n", 2],
    ["60,1\n120,2,3\n", 2],
    ["60,1\n120,\n", 2],
    ["60,1\n120,NaN\n", 2],
    ["60,1\n120,Infinity\n", 2],
    ["60,1\n120,1e999\n", 2],
    ["60,1\n120,0\n", 2],
    ["60,1\n120,-5\n", 2],
    ["60,1\n120,0x10\n", 2],
    ["60,1\n1.5,2\n", 2],
    ["60,1\n-60,2\n", 2],
    ["1512086400000,2\n", 1],
    ["nan,nan\n", 1],
    ["timestamp,price\n60,1\ntimestamp,price\n", 3],
    ["timestamp,price\ntimestamp,price\n60,1\n", 2],
    ["time,open,close\n60,1,2\n", 1],
    ["timestamp,5\n60,1\n", 1],
    ["\n\n60;1\n", 3],
  ])("%j: invalid row in line %i", async (text, line) => {
    const error = await failure(text);
    expect(error.code).toBe("price-row-invalid");
    expect(error.details).toEqual({ line });
    expect(error.message).toContain(`line=${line}`);
  });

  test("a line without end is refused before it fills the memory", async () => {
    let bytes = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode("60,1\n");
      for (;;) {
        bytes += 512;
        yield new Uint8Array(512).fill(0x31);
      }
    }
    await expect(collectPrices(endless())).rejects.toMatchObject({
      code: "price-row-invalid",
      details: { line: 2 },
    });
    expect(bytes).toBeLessThanOrEqual(2048);
  });

  test("more rows than ten years of minutes are refused", () => {
    const builder = new PriceSeriesBuilder();
    for (let row = 0; row < 5_256_000; row += 1) builder.add(60, 1, 1);
    expect(() => builder.add(60, 1, 1)).toThrow("too many prices maxRows=5256000");
  });
});
