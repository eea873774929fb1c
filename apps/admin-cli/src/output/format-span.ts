const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
] as const;

/** A span of time in the largest unit that holds it in whole numbers, as options take it: `7d`, `25h`, `90s`. */
export function formatSpan(ms: number): string {
  if (ms === 0) return "0s";
  const [unit, length] = units.find(([, unitMs]) => ms % unitMs === 0) ?? ["ms", 1];
  return `${ms / length}${unit}`;
}
