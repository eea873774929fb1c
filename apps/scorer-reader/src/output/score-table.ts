import { formatTable } from "@foretile/app-kit";
import { unixSecondsToIso } from "@foretile/keyspace";
import { type MinerScore, parseRequestKey } from "@foretile/prediction-store";

import type { RequestScores } from "../request/request-outcome.ts";
import { formatNumber } from "./format-number.ts";

/** The scores of a request for people: a line about the request, then its miners, best first. */
export function scoreTable(scores: RequestScores): string {
  const names = intervalNames(scores);
  const columns = [
    { title: "MINER", align: "right" },
    { title: "UID", align: "right" },
    { title: "STATUS" },
    { title: "PROMPT SCORE", align: "right" },
    { title: "CRPS", align: "right" },
    ...names.map((title) => ({ title, align: "right" }) as const),
    { title: "REASON" },
  ] as const;
  const rows = scores.miners
    .toSorted(bestFirst)
    .map((miner) => [
      miner.minerId.toString(),
      miner.minerUid.toString(),
      miner.status,
      formatNumber(miner.promptScore),
      formatNumber(miner.crps),
      ...names.map((name) => formatNumber(miner.intervals[name])),
      miner.reason ?? "",
    ]);
  const table = rows.length === 0 ? "no answers\n" : formatTable(columns, rows);
  return `${heading(scores)}\n${table}`;
}

function heading(scores: RequestScores): string {
  const { startUnixSeconds } = parseRequestKey(scores.requestKey);
  const count = (status: MinerScore["status"]): string =>
    `${scores.miners.filter((miner) => miner.status === status).length} ${status}`;
  const { requestVersion } = scores;
  const what = requestVersion === undefined ? "in rows" : `version ${requestVersion}`;
  const parts = [
    `${scores.requestKey} ${what} from ${unixSecondsToIso(startUnixSeconds)}`,
    `${count("scored")}, ${count("invalid")}, ${count("missing")}`,
  ];
  if (scores.bestCrps !== undefined) parts.push(`best ${formatNumber(scores.bestCrps)}`);
  if (scores.percentile90 !== undefined) parts.push(`p90 ${formatNumber(scores.percentile90)}`);
  if (scores.missingPriceCount > 0) parts.push(`${scores.missingPriceCount} prices missing`);
  return parts.join("; ");
}

/** Of the first scored miner: all scored miners of a request have the same. */
function intervalNames(scores: RequestScores): readonly string[] {
  return Object.keys(scores.miners.find(({ status }) => status === "scored")?.intervals ?? {});
}

function bestFirst(a: MinerScore, b: MinerScore): number {
  return order(a.promptScore, b.promptScore) || order(a.crps, b.crps) || a.minerId - b.minerId;
}

/** Ascending, absent ones last. */
function order(a: number | undefined, b: number | undefined): number {
  if (a === b) return 0;
  return (a ?? Infinity) < (b ?? Infinity) ? -1 : 1;
}
