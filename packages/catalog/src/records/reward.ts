/** One miner's reward, to be stored. Numbers must be finite. */
export interface NewReward {
  readonly minerId: number;
  readonly minerUid: number;
  /** Moving average of prompt scores. */
  readonly smoothedScore: number;
  /** Share of all weights, not negative. */
  readonly rewardWeight: number;
}

/** The rewards of a label at one time: at most one set per label and second. */
export interface NewRewards {
  readonly label: string;
  /** The time the moving averages were taken at, whole seconds since 1970. */
  readonly updatedUnixSeconds: number;
  /** One per miner. */
  readonly rewards: readonly NewReward[];
}

/** A stored set, its rewards by miner id. */
export type RewardSet = NewRewards;
