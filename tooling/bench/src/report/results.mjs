import { summarize } from "../statistics.mjs";

/**
 * One figure of one subject; the median, least and greatest of its rounds.
 *
 * @typedef {{ workload: string, subject: string, metric: string, unit: string, median: number, min: number, max: number,
 *   rounds: number }} ResultRow
 *
 * @param {Iterable<{ workload: string, subject: string, metric: string, unit: string, values: readonly number[] }>} samples
 * @returns {readonly ResultRow[]}
 */
export function resultRows(samples) {
  return Array.from(samples, ({ values, ...row }) => ({ ...row, ...summarize(values) }));
}
