const byteUnits = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Bytes with a decimal unit and three significant digits at least: `0 B`, `999 B`, `1.16 MB`, `289 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.5 kB would round to 1000 kB.
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value).toString() : threeDigits(value)} ${byteUnits[unit] ?? ""}`;
}

function threeDigits(value: number): string {
  if (value < 9.995) return value.toFixed(2);
  return value < 99.95 ? value.toFixed(1) : value.toFixed(0);
}

const countFormat = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** A whole number with separators: `1,250`. */
export function formatCount(count: number): string {
  return countFormat.format(count);
}

/** A duration in the unit that suits it: `840 ms`, `12.3 s`, `4 min 05 s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 999.5) return `${Math.round(durationMs)} ms`;
  if (durationMs < 59_950) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  return `${Math.floor(seconds / 60)} min ${(seconds % 60).toString().padStart(2, "0")} s`;
}

/** A moment in UTC to the second: `2017-12-05T12:00:00Z`. Moments that no calendar holds are given as plain seconds. */
export function formatUtc(unixSeconds: number): string {
  const moment = new Date(unixSeconds * 1000);
  if (Number.isNaN(moment.getTime())) return `${unixSeconds} s`;
  return moment.toISOString().replace(/\.[0-9]{3}Z$/, "Z");
}
