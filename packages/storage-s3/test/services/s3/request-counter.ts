import type { S3RequestEvent } from "../../../src/index.ts";

/** Counts requests by what they are. */
export interface RequestCounter {
  readonly observe: (event: S3RequestEvent) => void;
  /** Counts since the last call of this, such as `{ GetObject: 2 }`. */
  take(): Readonly<Record<string, number>>;
}

export function createRequestCounter(): RequestCounter {
  let counts: Record<string, number> = {};
  return {
    observe: ({ operation }) => {
      counts[operation] = (counts[operation] ?? 0) + 1;
    },
    take: () => {
      const taken = counts;
      counts = {};
      return taken;
    },
  };
}
