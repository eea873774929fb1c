import type { ActorState } from "./actor-state.ts";

/** A sleep of an actor. */
export interface Sleeper {
  readonly actor: ActorState;
  readonly dueMs: number;
  readonly wake: () => void;
}

/** The one time of a simulation. It moves only to wake a sleeper. */
export class SimulatedTime {
  #elapsedMs = 0;
  readonly #sleepers = new Set<Sleeper>();

  /** Milliseconds since the simulation was made. */
  get elapsedMs(): number {
    return this.#elapsedMs;
  }

  /** @throws the signal's reason when it is aborted first */
  sleep(actor: ActorState, durationMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        // Nothing of an ended actor settles any more.
        if (!this.#sleepers.delete(sleeper)) return;
        reject(signal?.reason as Error);
      };
      const sleeper: Sleeper = {
        actor,
        dueMs: this.#elapsedMs + Math.max(0, durationMs),
        wake: () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      if (signal?.aborted === true) abort();
      else signal?.addEventListener("abort", abort, { once: true });
    });
  }

  /** The sleeper whose time comes next; of several at one time, by actor, then by call. A sleep without end never is. */
  earliest(): Sleeper | undefined {
    let next: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (Number.isFinite(sleeper.dueMs) && (next === undefined || isBefore(sleeper, next))) {
        next = sleeper;
      }
    }
    return next;
  }

  /** Ends the earliest sleep without waking anybody yet, and moves the time to it. */
  reach(sleeper: Sleeper): void {
    this.#sleepers.delete(sleeper);
    this.#elapsedMs = sleeper.dueMs;
  }

  /** Forgets the sleeps of an actor that ended. */
  leaveBehind(actor: ActorState): void {
    for (const sleeper of this.#sleepers) {
      if (sleeper.actor === actor) this.#sleepers.delete(sleeper);
    }
  }
}

function isBefore(left: Sleeper, right: Sleeper): boolean {
  if (left.dueMs !== right.dueMs) return left.dueMs < right.dueMs;
  return left.actor.index < right.actor.index;
}
