/** Where time comes from. Product code never reads an ambient clock, so that a failing run is one seed. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970-01-01T00:00:00Z. A label only: order never depends on it. */
  nowMs(): number;
  /** Milliseconds since some fixed point, never going back. For measuring durations. */
  monotonicMs(): number;
  /**
   * Resolves after `durationMs`.
   *
   * @throws the signal's reason when it is aborted first
   */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
}

/** Where randomness comes from. */
export interface Random {
  /** A uniformly distributed integer in [0, 2^32). */
  nextUint32(): number;
}
