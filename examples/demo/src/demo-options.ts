import { parseArgs } from "node:util";

export interface DemoOptions {
  /** The same seed prints the same scores. */
  readonly seed: number;
  readonly minerCount: number;
  readonly requestCount: number;
  /** Paths of each answer. */
  readonly simulations: number;
  readonly asset: string;
  /** A file of `timestamp,price` rows; synthetic prices without. */
  readonly pricesPath: string | undefined;
  /** Where the store is made and kept; in a temporary folder without. */
  readonly storeUrl: string | undefined;
}

export const USAGE = `usage: npm run demo -- [options]

  --seed N          the same seed prints the same scores (default: 1)
  --miners N        how many miners are asked, 1 to 256 (default: 28)
  --requests N      how many requests they answer, 1 to 48 (default: 3)
  --simulations N   paths of each answer, 1 to 1000 (default: 1000)
  --prices FILE     real prices, timestamp,price rows by the minute, two days at least
  --asset NAME      what the prices are of (default: BTC)
  --store URL       make the store there and keep it, as in lmdb:PATH or s3://BUCKET/PREFIX
  -h, --help        show this
`;

/**
 * Reads the demo's arguments.
 *
 * @returns `undefined` when help is wanted
 * @throws an error with a message for the user
 */
export function parseDemoOptions(args: readonly string[]): DemoOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string", default: "1" },
      miners: { type: "string", default: "28" },
      requests: { type: "string", default: "3" },
      simulations: { type: "string", default: "1000" },
      prices: { type: "string" },
      asset: { type: "string", default: "BTC" },
      store: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  return {
    seed: wholeNumber("seed", values.seed, 0, 2 ** 31 - 1),
    minerCount: wholeNumber("miners", values.miners, 1, 256),
    requestCount: wholeNumber("requests", values.requests, 1, 48),
    simulations: wholeNumber("simulations", values.simulations, 1, 1000),
    asset: values.asset,
    pricesPath: values.prices,
    storeUrl: values.store,
  };
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new Error(`--${name} must be a whole number from ${min} to ${max}`);
}
