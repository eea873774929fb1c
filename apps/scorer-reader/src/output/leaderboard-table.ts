import { formatTable } from "@foretile/app-kit";
import { unixSecondsToIso } from "@foretile/keyspace";

import type { Leaderboard, LabelStandings } from "../leaderboard/leaderboard.ts";
import { formatNumber } from "./format-number.ts";

const columns = [
  { title: "RANK", align: "right" },
  { title: "MINER", align: "right" },
  { title: "UID", align: "right" },
] as const;

/** The leaderboard for people: a table a label, and one over all labels where there are several. */
export function leaderboardTable({ atUnixSeconds, labels, combined }: Leaderboard): string {
  const filled = labels.filter(({ standings }) => standings.length > 0);
  const tables = filled.map((entry) => labelTable(entry, unixSecondsToIso(atUnixSeconds)));
  if (filled.length > 1) {
    const rows = combined.map(({ minerId, minerUid, weight }, index) =>
      row(index, minerId, minerUid, [weight.toFixed(6)]),
    );
    const table = formatTable([...columns, { title: "WEIGHT", align: "right" }], rows);
    tables.push(`leaderboard over all labels\n${table}`);
  }
  return tables.join("\n");
}

function labelTable(
  { label, windowDays, requestCount, standings }: LabelStandings,
  at: string,
): string {
  const rows = standings.map(({ minerId, minerUid, average, weight }, index) =>
    row(index, minerId, minerUid, [formatNumber(average), weight.toFixed(6)]),
  );
  const table = formatTable(
    [...columns, { title: "AVERAGE", align: "right" }, { title: "WEIGHT", align: "right" }],
    rows,
  );
  const requests = `${requestCount} ${requestCount === 1 ? "request" : "requests"}`;
  return `leaderboard of ${label}: ${requests} in the ${windowDays} days up to ${at}\n${table}`;
}

function row(
  index: number,
  minerId: number,
  minerUid: number,
  numbers: readonly string[],
): readonly string[] {
  return [(index + 1).toString(), minerId.toString(), minerUid.toString(), ...numbers];
}
