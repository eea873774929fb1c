/** Longest coldkey or hotkey; an address of the network has 48 characters. */
export const MAX_HOTKEY_LENGTH = 60;

/** Highest slot. The network has 256. */
export const MAX_UID = 65_535;

/** Who holds a slot: the triple that a miner's id stands for. */
export interface MinerIdentity {
  /** Slot, 0 to {@link MAX_UID}. */
  readonly uid: number;
  /** 1 to {@link MAX_HOTKEY_LENGTH} printable ASCII characters. */
  readonly coldkey: string;
  readonly hotkey: string;
}

export interface Miner extends MinerIdentity {
  /** At least 1; the same identity always has the same one. */
  readonly id: number;
}
