import { formatBytes, formatCount, formatTable } from "@foretile/app-kit";

import { DAYS_PER_MONTH, type Cost, type Volume } from "../cost/cost-of.ts";
import { PRICE_NAMES, type Prices } from "../cost/prices.ts";

/** What a load comes to in a day, as a table. */
export function volumeText(volume: Volume): string {
  const { operationsPerDay: operations } = volume;
  const rows = [
    ["requests", formatCount(volume.requestsPerDay)],
    ["tiles", formatCount(volume.tilesPerDay)],
    ["raw", formatBytes(volume.rawBytesPerDay)],
    ["stored", formatBytes(volume.storedBytesPerDay)],
    ["read", formatBytes(volume.readBytesPerDay)],
    ["blobs stored", formatCount(operations.blobWrites)],
    ["blob reads", formatCount(operations.blobReads)],
    ["rows stored", formatCount(operations.rowWrites)],
    ["record changes", formatCount(operations.refWrites)],
    ["listings", formatCount(operations.blobLists + operations.refLists)],
  ];
  const kept = `kept: ${formatBytes(volume.keptBytes)} in ${formatCount(volume.keptObjects)} objects or rows\n`;
  return formatTable([{ title: "A DAY" }, { title: "", align: "right" }], rows) + kept;
}

/** What back ends bill, as a table. */
export function costText(costs: readonly Cost[]): string {
  const rows = costs.flatMap(({ backEnd, lines, usdPerDay, usdPerMonth }) => [
    ...lines.map((line) => [
      backEnd,
      line.what,
      `${formatCount(line.perDay)} ${line.unit}`,
      dollars(line.usdPerDay),
      dollars(line.usdPerDay * DAYS_PER_MONTH),
    ]),
    [backEnd, "total", "", dollars(usdPerDay), dollars(usdPerMonth)],
  ]);
  return formatTable(costColumns, rows);
}

const costColumns = [
  { title: "STORE" },
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
export function volumeDocument(volume: Volume): Record<string, unknown> {
  const { operationsPerDay: operations } = volume;
  return {
    type: "volume",
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
  lines,
  usdPerDay,
  usdPerMonth,
}: Cost): Record<string, unknown> {
  return {
    type: "cost",
    store: backEnd,
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
