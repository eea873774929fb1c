export interface FuzzOptions {
  /** The same seed gives the same cases. */
  readonly seed: number;
  readonly cases: number;
}

/** How often each outcome came: `decoded`, or the code of a CodecError. Any other error ends the run. */
export type FuzzOutcomes = ReadonlyMap<string, number>;
