/** Lets as many requests run at once as the server takes. */
export interface ThrottleControl {
  /** Is told that a request is sent. The result is told, once, the status of its answer, `undefined` for none. */
  sent(): (status: number | undefined) => void;
}

export interface ThrottleControlOptions {
  /** The most requests at once, where it begins, ≥ 1. */
  readonly most: number;
  /** Is told each change of the limit, an integer from 1 to `most`. */
  readonly onLimit: (limit: number) => void;
}

/**
 * Additive increase, multiplicative decrease, as of TCP (D. Chiu and R. Jain, "Analysis of the Increase and Decrease
 * Algorithms for Congestion Avoidance in Computer Networks", 1989): a server that asks to slow down halves the limit,
 * and as many answers as the limit raise it by one. Of the requests that were under way together only the first that is
 * turned away counts.
 */
export function createThrottleControl(options: ThrottleControlOptions): ThrottleControl {
  const { most, onLimit } = options;
  let limit = most;
  /** Answers since the limit was changed. */
  let answers = 0;
  /** How often it was halved. */
  let halvings = 0;

  function change(to: number): void {
    answers = 0;
    if (to === limit) return;
    limit = to;
    onLimit(limit);
  }

  return {
    sent: () => {
      const before = halvings;
      return (status) => {
        if (status === undefined) return;
        if (asksToSlowDown(status)) {
          if (before !== halvings) return;
          halvings += 1;
          change(Math.max(1, limit >> 1));
          return;
        }
        answers += 1;
        if (answers >= limit) change(Math.min(most, limit + 1));
      };
    },
  };
}

/** `SlowDown` of S3 and what speaks its protocol is 503, of some 429. */
function asksToSlowDown(status: number): boolean {
  return status === 503 || status === 429;
}
