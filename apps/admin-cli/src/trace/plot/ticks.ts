import type { Extent } from "./plot.ts";

const niceFactors = [1, 2, 5, 10] as const;

/** Round numbers in a range: multiples of 1, 2 or 5 times a power of ten, at most `count` of them. */
export function numberTicks({ from, to }: Extent, count: number): number[] {
  const least = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * (niceFactors.find((factor) => power * factor >= least) ?? 10);
  return multiples({ from, to }, step).map((tick) => Number(tick.toPrecision(12)));
}

/** Multiples of the least of `steps` that gives at most `count`; of the greatest one when none does. */
export function placeTicks(extent: Extent, steps: readonly number[], count: number): number[] {
  const fitting = steps.find((step) => multiples(extent, step, count + 1).length <= count);
  return multiples(extent, fitting ?? steps.at(-1) ?? 1, count);
}

function multiples({ from, to }: Extent, step: number, most = Infinity): number[] {
  const ticks: number[] = [];
  for (let index = Math.ceil(from / step); index * step <= to && ticks.length < most; index += 1) {
    ticks.push(index * step);
  }
  return ticks;
}

/** A number for an axis: as few digits as tell the marks apart. */
export function tickText(value: number): string {
  return Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 1e-4)
    ? value.toExponential(2).replace(/\.?0+e/, "e")
    : Number(value.toPrecision(7)).toString();
}
