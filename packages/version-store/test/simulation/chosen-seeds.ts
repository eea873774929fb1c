export interface ChosenSeeds {
  readonly first: number;
  readonly count: number;
  /** For the test that explores them. */
  readonly timeoutMs: number;
}

/**
 * Seeds of the histories that a test explores: from 1 on, unless `FIRST_SEED` says another; `count` of them, or
 * `HISTORIES` times as many. A history that failed is replayed by its seed as `FIRST_SEED`.
 */
export function chosenSeeds(count: number): ChosenSeeds {
  const first = Number(process.env["FIRST_SEED"] ?? 1);
  const times = Number(process.env["HISTORIES"] ?? 1);
  return { first, count: Math.ceil(count * times), timeoutMs: 600_000 * Math.max(1, times) };
}
