import { requestsPerDay, requestSize, type Load } from "./load.ts";
import { requestOperations, type Operations } from "./operations.ts";
import type { Prices } from "./prices.ts";

/** Where a store is. */
export type CostBackEnd = "lmdb" | "bigtable" | "s3" | "hybrid";

/** What a load puts into a store, and takes out. */
export interface Volume {
  readonly requestsPerDay: number;
  readonly tilesPerDay: number;
  readonly rawBytesPerDay: number;
  readonly storedBytesPerDay: number;
  /** Read a day, by scorers. */
  readonly readBytesPerDay: number;
  /** In the store once the first request goes. */
  readonly keptBytes: number;
  readonly keptObjects: number;
  readonly operationsPerDay: Operations;
}

/** One thing that is billed. */
interface CostLine {
  readonly what: string;
  readonly perDay: number;
  readonly unit: string;
  readonly usdPerDay: number;
}

/** What a back end costs. A month has 30 days. */
export interface Cost {
  readonly backEnd: CostBackEnd;
  readonly lines: readonly CostLine[];
  readonly usdPerDay: number;
  readonly usdPerMonth: number;
}

export const DAYS_PER_MONTH = 30;
const GB = 1e9;
const GIB = 2 ** 30;
/** Keys of a listing. */
const LIST_ITEMS = 1000;

const noOperations: Operations = {
  blobWrites: 0,
  blobPuts: 0,
  blobReads: 0,
  blobDeletes: 0,
  refReads: 0,
  refWrites: 0,
  refLists: 0,
  blobLists: 0,
  rowWrites: 0,
  rowReads: 0,
};

/** What a load comes to in a day. */
export function volumeOf(load: Load): Volume {
  let volume: Volume = {
    requestsPerDay: 0,
    tilesPerDay: 0,
    rawBytesPerDay: 0,
    storedBytesPerDay: 0,
    readBytesPerDay: 0,
    keptBytes: 0,
    keptObjects: 0,
    operationsPerDay: noOperations,
  };
  for (const label of load.labels) {
    const requests = requestsPerDay(label);
    const size = requestSize(label, load);
    const operations = requestOperations(label, load);
    const storedBytes = requests * (size.tileBytes + size.documentBytes);
    volume = {
      requestsPerDay: volume.requestsPerDay + requests,
      tilesPerDay: volume.tilesPerDay + requests * load.miners,
      rawBytesPerDay: volume.rawBytesPerDay + requests * size.rawBytes,
      storedBytesPerDay: volume.storedBytesPerDay + storedBytes,
      readBytesPerDay: volume.readBytesPerDay + load.reads * storedBytes,
      keptBytes: volume.keptBytes + label.retentionDays * storedBytes,
      keptObjects:
        volume.keptObjects +
        label.retentionDays * requests * (operations.blobDeletes + operations.rowWrites),
      operationsPerDay: addOperations(volume.operationsPerDay, operations, requests),
    };
  }
  const blobLists = load.collections * Math.ceil(volume.keptObjects / LIST_ITEMS);
  return { ...volume, operationsPerDay: { ...volume.operationsPerDay, blobLists } };
}

/** What a back end bills for a volume. */
export function costOf(backEnd: CostBackEnd, volume: Volume, prices: Prices, nodes: number): Cost {
  const lines = linesOf(backEnd, volume, prices, nodes);
  const usdPerDay = lines.reduce((sum, line) => sum + line.usdPerDay, 0);
  return { backEnd, lines, usdPerDay, usdPerMonth: usdPerDay * DAYS_PER_MONTH };
}

function linesOf(
  backEnd: CostBackEnd,
  volume: Volume,
  prices: Prices,
  nodes: number,
): readonly CostLine[] {
  if (backEnd === "lmdb") return [storage("disk", volume.keptBytes / GB, prices.disk_gb_month.usd)];
  if (backEnd === "bigtable") {
    return [
      nodeHours(nodes, prices),
      storage("SSD", volume.keptBytes / GIB, prices.bigtable_gb_month.usd),
    ];
  }
  const { blobPuts, blobReads, blobLists, refReads, refWrites, refLists } = volume.operationsPerDay;
  // Records are objects, too, unless Bigtable keeps them.
  const isHybrid = backEnd === "hybrid";
  const puts = blobPuts + blobLists + (isHybrid ? 0 : refWrites + refLists);
  const gets = blobReads + (isHybrid ? 0 : refReads);
  return [
    ...(isHybrid ? [nodeHours(nodes, prices)] : []),
    storage("objects", volume.keptBytes / GB, prices.s3_gb_month.usd),
    {
      what: "PUT and LIST",
      perDay: puts,
      unit: "requests",
      usdPerDay: (puts / 1000) * prices.s3_put_1000.usd,
    },
    {
      what: "GET",
      perDay: gets,
      unit: "requests",
      usdPerDay: (gets / 1000) * prices.s3_get_1000.usd,
    },
  ];
}

function nodeHours(nodes: number, prices: Prices): CostLine {
  const perDay = nodes * 24;
  const usdPerDay = perDay * prices.bigtable_node_hour.usd;
  return { what: "nodes", perDay, unit: "node hours", usdPerDay };
}

function storage(what: string, gigabytes: number, usdPerMonth: number): CostLine {
  const usdPerDay = (gigabytes * usdPerMonth) / DAYS_PER_MONTH;
  return { what, perDay: gigabytes, unit: "GB kept", usdPerDay };
}

function addOperations(sum: Operations, each: Operations, times: number): Operations {
  return {
    blobWrites: sum.blobWrites + times * each.blobWrites,
    blobPuts: sum.blobPuts + times * each.blobPuts,
    blobReads: sum.blobReads + times * each.blobReads,
    blobDeletes: sum.blobDeletes + times * each.blobDeletes,
    refReads: sum.refReads + times * each.refReads,
    refWrites: sum.refWrites + times * each.refWrites,
    refLists: sum.refLists + times * each.refLists,
    blobLists: sum.blobLists + times * each.blobLists,
    rowWrites: sum.rowWrites + times * each.rowWrites,
    rowReads: sum.rowReads + times * each.rowReads,
  };
}
