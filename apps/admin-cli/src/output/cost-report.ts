import { formatBytes, formatCount, formatTable } from "@foretile/app-kit";

import { DAYS_PER_MONTH, type Cost, type Volume } from "../cost/cost-of.ts";
import type { CostPlacement } from "../cost/load.ts";
import { PRICE_NAMES, type Prices } from "../cost/prices.ts";

/** What a store with a placement bills. */
type PlacedCost = Cost & { readonly placement: CostPlacement };

const volumeRows: readonly (readonly [what: string, of: (volume: Volume) => string])[] = [
  ["requests", (volume) => formatCount(volume.requestsPerDay)],
  ["tiles", (volume) => formatCount(volume.tilesPerDay)],
  ["raw", (volume) => formatBytes(volume.rawBytesPerDay)],
  ["stored", (volume) => formatBytes(volume.storedBytesPerDay)],
  ["read", (volume) => formatBytes(volume.readBytesPerDay)],
  ["blobs stored", ({ operationsPerDay }) => formatCount(operationsPerDay.blobWrites)],
  ["blob reads", ({ operationsPerDay }) => formatCount(operationsPerDay.blobReads)],
  ["rows stored", ({ operationsPerDay }) => formatCount(operationsPerDay.rowWrites)],
  ["record changes", ({ operationsPerDay }) => formatCount(operationsPerDay.refWrites)],
  [
    "listings",
    ({ operationsPerDay }) => formatCount(operationsPerDay.blobLists + operationsPerDay.refLists),
  ],
  ["bytes kept", (volume) => formatBytes(volume.keptBytes)],
  ["objects or rows kept", (volume) => formatCount(volume.keptObjects)],
];

/** What a load comes to in a day, as a table with a column for each placement. */
export function volumeText(volumes: ReadonlyMap<CostPlacement, Volume>): string {
  const titles = [...volumes.keys()].map((placement) => placement.toUpperCase());
  const columns = [
    { title: "A DAY" },
    ...titles.map((title) => ({ title, align: "right" }) as const),
  ];
  const rows = volumeRows.map(([what, of]) => [what, ...[...volumes.values()].map(of)]);
  return formatTable(columns, rows);
}

/** What back ends bill, as a table. */
export function costText(costs: readonly PlacedCost[]): string {
  const rows = costs.flatMap(({ backEnd, placement, lines, usdPerDay, usdPerMonth }) => [
    ...lines.map((line) => [
      backEnd,
      placement,
      line.what,
      `${formatCount(line.perDay)} ${line.unit}`,
      dollars(line.usdPerDay),
      dollars(line.usdPerDay * DAYS_PER_MONTH),
    ]),
    [backEnd, placement, "total", "", dollars(usdPerDay), dollars(usdPerMonth)],
  ]);
  return formatTable(costColumns, rows);
}

const costColumns = [
  { title: "STORE" },
  { title: "PLACEMENT" },
  { title: "WHAT" },
  { title: "", align: "right" },
  { title: "USD/DAY", align: "right" },
  { title: "USD/MONTH", align: "right" },
] as const;

/** The prices that were used, and where they come from. */
export function pricesText(prices: Prices): string {
  const lines = PRICE_NAMES.map((name) => {
    const { usd, source } = prices[name];
    return [name, String(usd), source];
  });
  const columns = [
    { title: "PRICE" },
    { title: "USD", align: "right" },
    { title: "SOURCE" },
  ] as const;
  return `prices of ${prices.date}, without discounts, taxes and traffic between regions\n${formatTable(columns, lines)}`;
}

function dollars(usd: number): string {
  return usd.toFixed(usd < 100 ? 2 : 0);
}

/** What a load comes to in a day, as a JSON document. */
export function volumeDocument(volume: Volume, placement: CostPlacement): Record<string, unknown> {
  const { operationsPerDay: operations } = volume;
  return {
    type: "volume",
    placement,
    requests_per_day: volume.requestsPerDay,
    tiles_per_day: volume.tilesPerDay,
    raw_bytes_per_day: volume.rawBytesPerDay,
    stored_bytes_per_day: Math.round(volume.storedBytesPerDay),
    read_bytes_per_day: Math.round(volume.readBytesPerDay),
    kept_bytes: Math.round(volume.keptBytes),
    kept_objects: Math.round(volume.keptObjects),
    blob_writes_per_day: operations.blobWrites,
    blob_reads_per_day: operations.blobReads,
    row_writes_per_day: operations.rowWrites,
    row_reads_per_day: operations.rowReads,
    ref_reads_per_day: operations.refReads,
    ref_writes_per_day: operations.refWrites,
    lists_per_day: operations.blobLists + operations.refLists,
  };
}

/** What a back end bills, as a JSON document. */
export function costDocument({
  backEnd,
  placement,
  lines,
  usdPerDay,
  usdPerMonth,
}: PlacedCost): Record<string, unknown> {
  return {
    type: "cost",
    store: backEnd,
    placement,
    lines: lines.map((line) => ({
      what: line.what,
      per_day: line.perDay,
      unit: line.unit,
      usd_per_day: line.usdPerDay,
    })),
    usd_per_day: usdPerDay,
    usd_per_month: usdPerMonth,
  };
}
