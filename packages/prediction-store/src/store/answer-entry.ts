import type { TileMode } from "@foretile/codecs";

interface AnswerFacts {
  /** The miner's slot when it answered. */
  readonly minerUid: number;
  /** The miner: unique within a request. */
  readonly minerId: number;
  /** Seconds the miner took, as the validator measured it. */
  readonly processTimeSeconds: number | undefined;
}

/** An answer that is stored as a tile. */
export interface ValidAnswerEntry extends AnswerFacts {
  readonly status: "valid";
  /** SHA-256 of the tile's little-endian float32 bits in step-major order, 64 hexadecimal characters. */
  readonly contentHash: string;
  /** Bytes of the tile as float32. */
  readonly rawBytes: number;
  /** Bytes of its segments. */
  readonly storedBytes: number;
  readonly mode: TileMode;
}

/** An answer that broke a rule: only its status is kept. */
export interface InvalidAnswerEntry extends AnswerFacts {
  readonly status: "invalid";
  /** A `RejectionReason`, or one that a newer release added. */
  readonly reason: string;
  /** For people: what was wrong and where. */
  readonly message: string;
}

/** What a published request says about one miner's answer. */
export type AnswerEntry = ValidAnswerEntry | InvalidAnswerEntry;
