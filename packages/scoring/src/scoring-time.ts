/** A close must have ended (60 s) and been published (30 s) before it counts. */
const SETTLE_SECONDS = 90;

/** The next whole minute after `unixSeconds`; from a whole minute it is one minute later. */
export function nextMinute(unixSeconds: number): number {
  return (Math.floor(unixSeconds / 60) + 1) * 60;
}

/** A request's horizon and the moment of asking, in seconds since 1970. */
export interface ScoringMoment {
  /** Start of the request plus its length. */
  readonly endUnixSeconds: number;
  /** {@link nextMinute} of the wall clock when the scoring round began. */
  readonly scoredAtUnixSeconds: number;
  /** The label's window of moving averages: older requests are not scored any more. */
  readonly windowSeconds: number;
}

/**
 * `true` when a request is due: its horizon has been over for more than 90 s, and not for longer than the window.
 * Prices may still be unsettled, see {@link realizedPath}.
 */
export function isScorable({
  endUnixSeconds,
  scoredAtUnixSeconds,
  windowSeconds,
}: ScoringMoment): boolean {
  const settled = endUnixSeconds + SETTLE_SECONDS;
  return settled < scoredAtUnixSeconds && settled >= scoredAtUnixSeconds - windowSeconds;
}
