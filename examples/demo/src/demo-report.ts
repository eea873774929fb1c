import { formatBytes, formatCount, formatTable, formatUtc } from "@foretile/app-kit";

import type { ForecastTask } from "./forecast-task.ts";
import { describeMiner, type Miner } from "./network.ts";
import type { IngestLine, LeaderboardLine, ScoreLine } from "./program-output.ts";
import type { DemoResult } from "./run-demo.ts";
import type { SentAnswer } from "./simulate-network.ts";

/** The story of a run: the same for the same seed, but for what {@link ratesReport} tells. */
export function demoReport(result: DemoResult): string {
  const sections = [
    requestsReport(result),
    leaderboardReport(result),
    badAnswersReport(result),
    storeReport(result),
  ];
  return sections.join("\n");
}

/** How fast it went on this machine. */
export function ratesReport({ seconds, inputBytes, stats, sent }: DemoResult): string {
  const lines = [
    `simulated  ${seconds.simulate.toFixed(1)} s  ${sent.length} answers, ${formatBytes(inputBytes)} of JSON`,
    `stored     ${seconds.ingest.toFixed(1)} s  ${formatCount(sent.length / seconds.ingest)} answers/s, ${formatBytes(inputBytes / seconds.ingest)}/s of JSON parsed, checked, packed and flushed`,
    `scored     ${seconds.score.toFixed(1)} s  ${formatCount(stats.tiles / seconds.score)} tiles/s read, checked, unpacked and scored`,
    `verified   ${seconds.verify.toFixed(1)} s  ${formatBytes(stats.stored_bytes / seconds.verify)}/s of stored bytes`,
  ];
  return `${heading("Rates on this machine, programs started and ended each time")}${lines.join("\n")}\n`;
}

function requestsReport({ tasks, ingest, prices, scores }: DemoResult): string {
  const published = new Map(
    ingest.flatMap((line) => (line.event === "published" ? [[line.id, line] as const] : [])),
  );
  const rows = tasks.map((task) => {
    const line = published.get(task.id);
    const key = line?.key ?? "";
    const best = scoreLines(scores, key).reduce(
      (least, { crps }) => Math.min(least, crps ?? Infinity),
      Infinity,
    );
    return [
      task.id,
      key,
      formatUtc(task.startUnixSeconds),
      Number(task.price.toPrecision(7)).toString(),
      `${(task.volatility * 10_000).toFixed(1)} bp`,
      `${missingPrices(task, prices)}`,
      `${line?.answers.valid ?? 0}`,
      `${line?.answers.invalid ?? 0}`,
      best.toFixed(1),
      line?.version_hash.slice(0, 12) ?? "",
    ];
  });
  const columns = [
    { title: "" },
    { title: "KEY" },
    { title: "START" },
    { title: "PRICE", align: "right" },
    { title: "5MIN MOVE", align: "right" },
    { title: "GAPS", align: "right" },
    { title: "VALID", align: "right" },
    { title: "INVALID", align: "right" },
    { title: "BEST CRPS", align: "right" },
    { title: "VERSION HASH" },
  ] as const;
  return heading("Requests") + formatTable(columns, rows);
}

function leaderboardReport({ miners, tasks, ingest, scores }: DemoResult): string {
  const byId = new Map(miners.map((miner) => [miner.id, miner]));
  const keys = tasks.map((task) => requestKeyOf(ingest, task));
  const board = scores.filter((line): line is LeaderboardLine => line.leaderboard === "low");
  const rows = board.map((place) => [
    `${place.rank}`,
    `${place.miner_id}`,
    describe(byId.get(place.miner_id)),
    place.average?.toFixed(1) ?? "-",
    ...keys.map((key) => promptScore(scoreLines(scores, key), place.miner_id)),
    `${(place.weight * 100).toFixed(3)} %`,
    bar(place.weight, board[0]?.weight ?? 0),
  ]);
  const columns = [
    { title: "RANK", align: "right" },
    { title: "MINER", align: "right" },
    { title: "WHAT IT IS" },
    { title: "AVERAGE", align: "right" },
    ...tasks.map(({ id }) => ({ title: id.toUpperCase(), align: "right" }) as const),
    { title: "WEIGHT", align: "right" },
    { title: "" },
  ] as const;
  return (
    heading("Leaderboard: prompt scores, 0 is best; * marks an answer that was not scored") +
    formatTable(columns, rows)
  );
}

function badAnswersReport({ sent, ingest, scores }: DemoResult): string {
  const rejected = new Map(
    ingest.flatMap((line) => (line.event === "rejected" ? [[line.line, line] as const] : [])),
  );
  const rows = sent.flatMap((answer): string[][] => {
    const { miner, task, line, fault } = answer;
    const key = requestKeyOf(ingest, task);
    const score = scoreLines(scores, key).find(({ miner_id }) => miner_id === miner.id);
    const refusal = rejected.get(line);
    if (refusal === undefined && score?.status === "scored") return [];
    const outcome =
      refusal === undefined
        ? `${score?.status ?? "not in the request"}: ${score?.reason ?? ""}`
        : `line ${line} rejected: ${refusal.code}`;
    return [[task.id, `${miner.id}`, fault ?? whatItDid(answer), outcome]];
  });
  const columns = [
    { title: "" },
    { title: "MINER", align: "right" },
    { title: "WHAT IT SENT" },
    { title: "WHAT BECAME OF IT" },
  ] as const;
  return heading("Late, silent and malformed answers") + formatTable(columns, rows);
}

function storeReport({ stats, verify }: DemoResult): string {
  const ratio = stats.stored_bytes / stats.raw_bytes;
  const verdict = verify.damaged === 0 ? "no damage found" : `${verify.damaged} damaged`;
  return [
    `${heading("Store")}${formatCount(stats.tiles)} tiles of ${formatBytes(stats.raw_bytes)} in ${formatBytes(stats.stored_bytes)}, ${ratio.toFixed(3)} bytes per byte, every bit kept`,
    `verified ${formatCount(verify.symbols)} symbols, ${formatCount(verify.segments)} segments, ${formatBytes(verify.bytes)}: ${verdict}`,
    "",
  ].join("\n");
}

function whatItDid({ miner }: SentAnswer): string {
  return miner.behaviour.kind === "silent" ? "nothing" : "a forecast, after the publication";
}

function describe(miner: Miner | undefined): string {
  return miner === undefined ? "?" : describeMiner(miner);
}

function requestKeyOf(ingest: readonly IngestLine[], task: ForecastTask): string {
  const line = ingest.find((entry) => entry.event === "published" && entry.id === task.id);
  return line?.event === "published" ? line.key : "";
}

function scoreLines(scores: DemoResult["scores"], key: string): ScoreLine[] {
  return scores.filter(
    (line): line is ScoreLine => line.leaderboard === undefined && line.request === key,
  );
}

function promptScore(lines: readonly ScoreLine[], minerId: number): string {
  const line = lines.find(({ miner_id }) => miner_id === minerId);
  if (line === undefined) return "-";
  return `${line.prompt_score?.toFixed(1) ?? "-"}${line.status === "scored" ? "" : "*"}`;
}

function missingPrices(
  { startUnixSeconds, incrementSeconds, steps }: ForecastTask,
  prices: DemoResult["prices"],
): number {
  const grid = Array.from(
    { length: steps },
    (_, step) => startUnixSeconds + step * incrementSeconds,
  );
  return grid.filter((time) => !prices.has(time)).length;
}

/** Up to twenty blocks, in proportion to the greatest. */
function bar(value: number, greatest: number): string {
  return "█".repeat(Math.round((20 * value) / greatest));
}

function heading(text: string): string {
  return `${text}\n${"─".repeat(text.length)}\n`;
}
