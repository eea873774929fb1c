import type { ActorState } from "./actor-state.ts";
import type { Draw } from "./draw.ts";
import type { SimulatedOperation } from "./faults.ts";
import type { OrphanCause } from "./trace.ts";

/** What a request did. */
export interface Effect {
  /** In a few words, for the trace. */
  readonly summary: string;
  /** Hands the result to the caller. */
  readonly reply: () => void;
}

/** A store call on its way. */
export interface InFlight {
  readonly actor: ActorState;
  readonly operation: SimulatedOperation;
  readonly key: string | undefined;
  readonly writes: boolean;
  /** Lets it happen on the shared store; never rejects. */
  readonly happen: () => Promise<Effect>;
  /** Lets a drawn part of it happen, of requests that are not atomic, and says in a few words which. */
  readonly happenPartly: ((draw: Draw) => Promise<string>) | undefined;
  /** Tells the caller that it failed. */
  readonly fail: (error: Error) => void;
  /** Why nobody waits for it any more, `undefined` while its caller does. */
  orphan: OrphanCause | undefined;
  /** Whether it was held already, by a `delay` or as an orphan. */
  wasHeld: boolean;
  /** Stays on its way until this step, unless nothing else can happen. */
  heldUntil: number;
}

/** How many requests a report names. */
const MAX_DESCRIBED = 20;

/** The requests on their way, in order of their actors, then of their calls. */
export class Network {
  readonly #requests: InFlight[] = [];

  get isEmpty(): boolean {
    return this.#requests.length === 0;
  }

  /**
   * Requests are kept by actor, not by arrival: which of two actors comes to its call first within a turn may depend on
   * what the process has done before.
   */
  add(request: InFlight): void {
    const { index } = request.actor;
    const place = this.#requests.findIndex(({ actor }) => actor.index > index);
    this.#requests.splice(place === -1 ? this.#requests.length : place, 0, request);
  }

  remove(request: InFlight): void {
    const place = this.#requests.indexOf(request);
    if (place !== -1) this.#requests.splice(place, 1);
  }

  /** Nobody waits for the request any more. A write stays on its way, a read is over. */
  orphan(request: InFlight, cause: OrphanCause): void {
    request.orphan = cause;
    request.wasHeld = false;
    if (!request.writes) this.remove(request);
  }

  /** Orphans all that an actor still waits for. */
  leaveBehind(actor: ActorState): void {
    for (const request of this.#requests.slice()) {
      if (request.actor === actor && request.orphan === undefined) {
        this.orphan(request, "left-behind");
      }
    }
  }

  /**
   * Holds about half of the new orphans for a drawn number of steps: some are to meet their caller's next try, and some
   * are to surface long after it is gone.
   */
  holdOrphans(draw: Draw, step: number, mostSteps: number): void {
    for (const request of this.#requests) {
      if (request.orphan === undefined || request.wasHeld) continue;
      hold(request, draw.chance(0.5) ? step : step + draw.delay(mostSteps));
    }
  }

  /** Whether a request may happen that is not held. */
  isReady(step: number): boolean {
    return this.#requests.some(({ heldUntil }) => heldUntil <= step);
  }

  /** Chooses among the requests that are not held; when all are, the one that would be free first. */
  choose(draw: Draw, step: number): InFlight | undefined {
    const ready = this.#requests.filter(({ heldUntil }) => heldUntil <= step);
    if (ready.length > 0) return ready[draw.below(ready.length)];
    let next: InFlight | undefined;
    for (const request of this.#requests) {
      if (next === undefined || request.heldUntil < next.heldUntil) next = request;
    }
    return next;
  }

  /** The requests in words. */
  describe(): string {
    const named = this.#requests
      .slice(0, MAX_DESCRIBED)
      .map(({ actor, operation, key = "" }) => `${actor.name} ${operation} ${key}`.trimEnd());
    const more = this.#requests.length - named.length;
    return (more > 0 ? [...named, `${more} more`] : named).join(", ");
  }
}

/** Lets a request stay on its way until `step`. */
export function hold(request: InFlight, step: number): void {
  request.wasHeld = true;
  request.heldUntil = step;
}
