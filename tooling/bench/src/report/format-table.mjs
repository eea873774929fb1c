import { aligned } from "./aligned.mjs";
import { formatNumber } from "./format-number.mjs";

const COLUMNS = ["CPU", "peak memory", "memory beside files", "on disk"];

/**
 * One table for each workload, the fastest subject first.
 *
 * @param {readonly import("./results.mjs").ResultRow[]} rows
 * @param {readonly { id: string, title: string }[]} workloads
 * @returns {string}
 */
export function formatTables(rows, workloads) {
  const tables = workloads.flatMap(({ id, title }) => {
    const times = rows.filter(({ workload, metric }) => workload === id && metric === "time");
    if (times.length === 0) return [];
    const own = times.find(({ subject }) => subject === "foretile")?.median;
    const heading = [
      "",
      "time ms",
      "min",
      "max",
      "x foretile",
      "float32 MB/s",
      ...COLUMNS.map(withUnit),
    ];
    const lines = times
      .toSorted((left, right) => left.median - right.median)
      .map(({ subject, median, min, max }) => [
        subject,
        ...[median, min, max].map(formatNumber),
        own === undefined ? "-" : formatNumber(median / own),
        ...["float32", ...COLUMNS].map((metric) => figure(rows, id, subject, metric)),
      ]);
    return [`${id}: ${title}\n${aligned([heading, ...lines])}`];
  });
  return tables.join("\n\n");
}

/** @param {readonly import("../targets.mjs").Target[]} all */
export function formatTargets(all, isMet) {
  const lines = all.map((target) => [
    target.what,
    formatNumber(target.value ?? Number.NaN),
    `${target.atMost ? "at most" : "at least"} ${target.wanted}`,
    isMet(target) ? "met" : "missed",
  ]);
  return aligned([["Ratio", "measured", "aimed at", ""], ...lines]);
}

function withUnit(metric) {
  return `${metric} ${metric === "CPU" ? "ms" : "MB"}`;
}

function figure(rows, workload, subject, metric) {
  const row = rows.find(
    (each) => each.workload === workload && each.subject === subject && each.metric === metric,
  );
  return row === undefined ? "-" : formatNumber(row.median);
}
