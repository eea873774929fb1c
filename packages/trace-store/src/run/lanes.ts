/** Positions of a lane: blocks hold those of one lane, so that a few positions are read without the others. */
const LANE_POSITIONS = 64;

/** Consecutive offsets of a run that stand in blocks together. */
export interface Lane {
  /** Places in the run's list of offsets, half-open. */
  readonly first: number;
  readonly end: number;
}

/**
 * Cuts the offsets of a run into lanes: those that share a multiple of {@link LANE_POSITIONS}.
 *
 * @param offsets ascending
 */
export function lanesOf(offsets: readonly number[]): Lane[] {
  const lanes: Lane[] = [];
  let first = 0;
  for (let place = 1; place <= offsets.length; place += 1) {
    if (laneOf(offsets[place]) === laneOf(offsets[first]) && place < offsets.length) continue;
    lanes.push({ first, end: place });
    first = place;
  }
  return lanes;
}

function laneOf(offset: number | undefined): number {
  return Math.floor((offset ?? 0) / LANE_POSITIONS);
}
