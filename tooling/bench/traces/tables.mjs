import { aligned } from "../src/report/aligned.mjs";
import { formatNumber } from "../src/report/format-number.mjs";

/** A column for each subject. What nobody counts is left out. */
export function subjectTable(measured) {
  const line = (name, value) => {
    const values = measured.map((row) => value(row) ?? Number.NaN);
    return values.some(Number.isFinite) ? [[name, ...values.map(formatNumber)]] : [];
  };
  const readLines = Object.keys(measured[0]?.reads ?? {}).flatMap((work) => [
    ...line(`${work} first, ms`, ({ reads }) => reads[work].ms),
    ...line(`${work} again, ms`, ({ reads }) => reads[work].againMs),
    ...line(`${work} memory MB`, ({ reads }) => reads[work].addedBytes / 1e6),
    ...line(`${work} store reads`, ({ reads }) => reads[work].reads),
    ...line(`${work} MB read`, ({ reads }) => reads[work].bytesRead / 1e6),
  ]);
  return aligned([
    ["", ...measured.map(({ subject }) => subject)],
    ...line("points", ({ points }) => points),
    ...line("ingest points/s", ({ pointsPerSecond }) => pointsPerSecond),
    ...line("ingest positions/s", ({ positionsPerSecond }) => positionsPerSecond),
    ...line("ingest peak MB", ({ ingestPeakBytes }) => ingestPeakBytes / 1e6),
    ...line("bytes/point on disk", ({ bytesPerPoint }) => bytesPerPoint),
    ...line("bytes/point, newest versions", (row) => row.newestBytesPerPoint),
    ...line("append to open tile, median ms", ({ update }) => update.medianMs),
    ...line("append to open tile, most ms", ({ update }) => update.maxMs),
    ...line("append to open tile, store reads", ({ update }) => update.reads),
    ...line("append to open tile, store writes", ({ update }) => update.writes),
    ...line("append to open tile, MB written", ({ update }) => update.bytesWritten / 1e6),
    ...readLines,
  ]);
}

/** A column for each number of tiles. */
export function growthTable(rows) {
  const line = (name, value) => [name, ...rows.map((row) => formatNumber(value(row)))];
  const readLines = Object.keys(rows[0]?.reads ?? {}).flatMap((work) => [
    line(`${work} first, ms`, (row) => row.reads[work].ms),
    line(`${work} again, ms`, (row) => row.reads[work].againMs),
    line(`${work} store reads`, (row) => row.reads[work].reads),
    line(`${work} MB read`, (row) => row.reads[work].bytesRead / 1e6),
  ]);
  return aligned([
    ["tiles", ...rows.map(({ tiles }) => String(tiles))],
    ...readLines,
    line("append ms", ({ append }) => append.ms),
    line("append store reads", ({ append }) => append.reads),
    line("append store writes", ({ append }) => append.writes),
    line("append MB written", ({ append }) => append.bytesWritten / 1e6),
  ]);
}
