import { InvalidArgumentError } from "commander";

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** A duration in whole milliseconds: `90s`, `15m`, `25h`, `7d`, `2w`, `500ms`, or several: `1d12h`. */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/([0-9]{1,15})(ms|[smhdw])/g)];
  const isWhole = parts.length > 0 && parts.map(([part]) => part).join("") === text;
  const ms = parts.reduce(
    (sum, [, count, unit = ""]) => sum + Number(count) * (unitMs[unit] ?? 0),
    0,
  );
  if (!isWhole || !Number.isSafeInteger(ms)) {
    throw new InvalidArgumentError("Expected a duration such as 30s, 15m, 25h, 7d or 1d12h");
  }
  return ms;
}
