import type { Clock, IdSource, Random } from "@foretile/resilience";
import type { Store } from "@foretile/storage";
import type { ClockJumps } from "./actor-clock.ts";
import type { ActorEnd } from "./actor-state.ts";
import type { FaultProbabilities } from "./faults.ts";

export interface ActorOptions {
  /** How far its wall clock is ahead, in milliseconds; behind when negative. Default 0. */
  readonly clockOffsetMs?: number | undefined;
  /** Default: its wall clock does not jump. */
  readonly clockJumps?: ClockJumps | undefined;
  /** In the place of the simulation's. */
  readonly faults?: FaultProbabilities | undefined;
}

/**
 * One client process of the shared store: what its code is to be given in the place of the real things. Once it ended,
 * no call on its store or clock settles any more, as in a process that is gone.
 */
export interface Actor {
  readonly name: string;
  /** Its view of the shared store. Blobs and refs only: `table` throws `unsupported`. */
  readonly store: Store;
  readonly clock: Clock;
  /** Seeded, its own. */
  readonly random: Random;
  readonly ids: IdSource;
  /** Resolves when it ended: for an actor that takes over from another. */
  readonly ended: Promise<ActorEnd>;
  /** Adds a line to the trace. */
  readonly note: (text: string) => void;
}

/** What an actor does in a run. */
export type ActorTask<T> = readonly [actor: Actor, work: (actor: Actor) => Promise<T>];

/** How an actor's task ended. */
export type Outcome<T> =
  | { readonly end: "finished"; readonly value: T }
  | { readonly end: "crashed" };
