import { createReadStream } from "node:fs";

import { ScorerError } from "../scorer-error.ts";
import { boundedLines } from "./bounded-lines.ts";
import { parsePriceLine } from "./price-line.ts";
import { type PriceSeries, PriceSeriesBuilder } from "./price-series.ts";

/**
 * Reads a file of `timestamp,price` rows as a stream.
 *
 * Whole unix seconds and a positive price; a header line may come first, blank lines are skipped. Rows may be missing,
 * repeated or out of order; two different prices for one second are an error.
 *
 * @throws {ScorerError} `price-file-empty`, `price-file-too-large`, `price-row-invalid` and `price-conflict`, the latter
 *   two with the line
 * @throws the file system's error for a file that cannot be read
 */
export function readPriceFile(
  path: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<PriceSeries> {
  return collectPrices(createReadStream(path, { signal: options.signal }));
}

/** {@link readPriceFile} on the pieces of a file. */
export async function collectPrices(pieces: AsyncIterable<Uint8Array>): Promise<PriceSeries> {
  const builder = new PriceSeriesBuilder();
  let line = 0;
  let headerAllowed = true;
  for await (const texts of boundedLines(pieces)) {
    for (const text of texts) {
      line += 1;
      const parsed = parsePriceLine(text);
      if (parsed.kind === "blank") continue;
      if (parsed.kind === "row") builder.add(parsed.unixSeconds, parsed.price, line);
      else if (parsed.kind === "invalid") throw invalidRow(line, parsed.message);
      else if (!headerAllowed) throw invalidRow(line, "column names belong on the first line");
      headerAllowed = false;
    }
  }
  return builder.build();
}

function invalidRow(line: number, message: string): ScorerError {
  return new ScorerError("price-row-invalid", `${message} line=${line}`, { details: { line } });
}
