import { frame, type Frame } from "@foretile/version-store";

/** Points of a flight, one a second: a time, five numbers, and whether it stands on the ground. */
export function trajectory(fromSecond: number, points: number): Frame {
  const seconds = Uint32Array.from({ length: points }, (_, row) => fromSecond + row);
  const numbers = (of: (second: number) => number): Float64Array => Float64Array.from(seconds, of);
  return frame({
    index: { name: "time", unit: "s", values: seconds },
    columns: {
      latitude: numbers((second) => 47 + second / 4096),
      longitude: numbers((second) => 8 - second / 8192),
      altitude: numbers((second) => 432 + Math.max(0, second - 5) * 2.5),
      speed: numbers((second) => Math.min(60, second * 12)),
      heading: numbers((second) => (90 + second / 4) % 360),
      grounded: Array.from(seconds, (second) => second < 5),
    },
  });
}

/** 24 steps of 40 paths of a price. */
export function pricePaths(): Float32Array {
  return Float32Array.from({ length: 24 * 40 }, (_, index) => {
    const [step, path] = [Math.floor(index / 40), index % 40];
    return 100 + step * ((path % 5) - 2) * 0.25;
  });
}
