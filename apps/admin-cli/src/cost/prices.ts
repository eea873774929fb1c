/** A price and where it comes from. */
interface Price {
  readonly usd: number;
  readonly source: string;
}

/** What is billed, in US dollars. A GB is 10^9 bytes for disks and S3, 2^30 for Bigtable, as they bill it. */
export interface Prices {
  /** When the prices were looked up. */
  readonly date: string;
  readonly disk_gb_month: Price;
  readonly bigtable_node_hour: Price;
  readonly bigtable_gb_month: Price;
  readonly s3_gb_month: Price;
  /** Of PUT, COPY, POST and LIST. */
  readonly s3_put_1000: Price;
  readonly s3_get_1000: Price;
}

/** What can be given a price, by its name in a price file. */
export type PriceName = Exclude<keyof Prices, "date">;

const S3 = "https://aws.amazon.com/s3/pricing: S3 Standard, us-east-1";
const BIGTABLE =
  "https://cloud.google.com/bigtable/pricing: SSD, US regions, before editions; not confirmed";

/** List prices; discounts, taxes and traffic between regions come on top or off. */
export const DEFAULT_PRICES: Prices = {
  date: "2026-11-20",
  disk_gb_month: { usd: 0.08, source: "a general-purpose SSD volume in a cloud; not confirmed" },
  bigtable_node_hour: { usd: 0.65, source: BIGTABLE },
  bigtable_gb_month: { usd: 0.17, source: BIGTABLE },
  s3_gb_month: { usd: 0.023, source: S3 },
  s3_put_1000: { usd: 0.005, source: S3 },
  s3_get_1000: { usd: 0.0004, source: S3 },
};

export const PRICE_NAMES: readonly PriceName[] = [
  "disk_gb_month",
  "bigtable_node_hour",
  "bigtable_gb_month",
  "s3_gb_month",
  "s3_put_1000",
  "s3_get_1000",
];
