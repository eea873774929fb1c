import type { Clock } from "@foretile/resilience";

import type { OutputStream } from "../program/program-context.ts";
import { formatBytes, formatCount, formatDuration } from "./format-quantity.ts";

export interface ProgressOptions {
  /** `false` writes nothing at all. Default: whether the stream is a terminal. */
  readonly enabled?: boolean | undefined;
  /** What is going on, in front of the line: `verify`. */
  readonly label: string;
  /** `bytes`, or the plural of what is counted: `answers`. */
  readonly unit: string;
  /** How much there is in all, where it is known. */
  readonly total?: number | undefined;
  readonly clock: Clock;
}

/** One line that is written over and over while something runs. */
export interface Progress extends Disposable {
  /** What is done so far, in the unit, with a short text behind it. Redraws at most ten times a second. */
  update(done: number, detail?: string): void;
  /** Removes the line; it comes back with the next update. Call it before writing anything else to the terminal. */
  clear(): void;
}

const REDRAW_MS = 100;
const CLEAR_LINE = "\r\u001b[K";

/** A progress line on a terminal's standard error; nothing where there is no terminal. Disposing removes the line. */
export function createProgress(stream: OutputStream, options: ProgressOptions): Progress {
  const { enabled = stream.isTTY === true, clock } = options;
  if (!enabled) return silent;
  const startMs = clock.monotonicMs();
  let drawnMs = Number.NEGATIVE_INFINITY;
  let visible = false;
  const clear = (): void => {
    if (visible) stream.write(CLEAR_LINE);
    visible = false;
    drawnMs = Number.NEGATIVE_INFINITY;
  };
  return {
    update: (done, detail) => {
      const nowMs = clock.monotonicMs();
      if (nowMs - drawnMs < REDRAW_MS) return;
      drawnMs = nowMs;
      visible = true;
      const line = progressLine(done, detail, nowMs - startMs, options);
      stream.write(CLEAR_LINE + line.slice(0, (stream.columns ?? 80) - 1));
    },
    clear,
    [Symbol.dispose]: clear,
  };
}

function progressLine(
  done: number,
  detail: string | undefined,
  elapsedMs: number,
  { label, unit, total }: ProgressOptions,
): string {
  const quantity = unit === "bytes" ? formatBytes : formatCount;
  const parts = [label, quantity(done)];
  if (total !== undefined) parts.push("of", quantity(total));
  if (unit !== "bytes") parts.push(unit);
  // A rate over less than a redraw says nothing.
  if (elapsedMs >= REDRAW_MS) {
    parts.push(`${quantity((done / elapsedMs) * 1000)}/s`);
    if (total !== undefined && done > 0 && done < total) {
      parts.push(`${formatDuration(((total - done) / done) * elapsedMs)} left`);
    }
  }
  if (detail !== undefined) parts.push(detail);
  return parts.join(" ");
}

const silent: Progress = {
  update: () => undefined,
  clear: () => undefined,
  [Symbol.dispose]: () => undefined,
};
