import { AppError } from "@foretile/app-kit";

import { DEFAULT_PRICES, PRICE_NAMES, type PriceName, type Prices } from "../cost/prices.ts";
import { readBoundedFile } from "./read-bounded-file.ts";

/**
 * Reads prices from a JSON file: an object with the date they were looked up and, by name, what they are. Names that are
 * missing keep their list prices.
 *
 * @throws {AppError} `usage` for a file that is not that
 */
export async function readPriceFile(path: string): Promise<Prices> {
  const text = await readBoundedFile(path, "price file");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError("usage", `price file is not JSON file=${path}`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(path, "it");
  const { date, ...prices } = value as Record<string, unknown>;
  if (typeof date !== "string") throw wrong(path, "date");
  return { ...withPrices(DEFAULT_PRICES, prices, path), date };
}

/**
 * Prices with some of them replaced.
 *
 * @param source where the new ones come from
 * @throws {AppError} `usage` for an unknown name or what is no price
 */
export function withPrices(
  prices: Prices,
  replaced: Readonly<Record<string, unknown>>,
  source: string,
): Prices {
  const changes = Object.entries(replaced).map(([name, usd]) => {
    if (!isPriceName(name)) throw wrong(source, name);
    if (typeof usd !== "number" || !(usd >= 0)) throw wrong(source, name);
    return [name, { usd, source }];
  });
  return { ...prices, ...Object.fromEntries(changes) };
}

function isPriceName(name: string): name is PriceName {
  return PRICE_NAMES.some((known) => known === name);
}

function wrong(source: string, name: string): AppError {
  return new AppError("usage", `prices are wrong in=${source} at=${JSON.stringify(name)}`, {
    hint: `a price is US dollars, from 0 on, of ${PRICE_NAMES.join(", ")}; a file has a date, too`,
  });
}
