import type { FaultKind } from "./faults.ts";

/**
 * Why nobody waits for a request that is still on its way: it is the second copy of a `duplicate`; its caller was told
 * of an unknown outcome (`late`) or aborted it (`aborted`); or its actor crashed or finished (`left-behind`).
 */
export type OrphanCause = "duplicate" | "late" | "aborted" | "left-behind";

/** One thing that happened in a run. */
export interface TraceEvent {
  /** Steps taken so far, this one included. */
  readonly step: number;
  /** Simulated milliseconds since the simulation was made. */
  readonly elapsedMs: number;
  /** The actor's name. */
  readonly actor: string;
  /** A store operation, `sleep`, `start`, `end`, `clock` (it jumped) or `note`. */
  readonly action: string;
  readonly key?: string | undefined;
  readonly fault?: FaultKind | undefined;
  /** Of a request that happened though nobody waited for it. */
  readonly orphan?: OrphanCause | undefined;
  /** What came of it, in a few words. */
  readonly result: string;
}

/** What happened, for the reader of a failure and for comparing two runs. */
export interface Trace {
  /** The newest events, at most `maxTraceEvents`, oldest first. The array belongs to the caller. */
  events(): readonly TraceEvent[];
  /** How often each kind of fault struck in all. The map belongs to the caller. */
  faults(): ReadonlyMap<FaultKind, number>;
  /** The newest `last` events, a line each. Default: all that are kept. */
  text(last?: number): string;
}

/** The trace as the simulation writes it. */
export class TraceLog implements Trace {
  readonly #most: number;
  #events: TraceEvent[] = [];
  readonly #faults = new Map<FaultKind, number>();

  /** @param most events that are kept, ≥ 1 */
  constructor(most: number) {
    this.#most = most;
  }

  add(event: TraceEvent): void {
    const { fault } = event;
    if (fault !== undefined) this.#faults.set(fault, (this.#faults.get(fault) ?? 0) + 1);
    this.#events.push(event);
    // Twice as many are held, so that dropping the oldest costs next to nothing per event.
    if (this.#events.length >= 2 * this.#most) this.#events = this.events().slice();
  }

  events(): readonly TraceEvent[] {
    return this.#events.slice(-this.#most);
  }

  faults(): ReadonlyMap<FaultKind, number> {
    return new Map(this.#faults);
  }

  text(last: number = this.#most): string {
    const events = this.events();
    return events
      .slice(Math.max(0, events.length - last))
      .map(lineOf)
      .join("\n");
  }
}

function lineOf({
  step,
  elapsedMs,
  actor,
  action,
  key,
  fault,
  orphan,
  result,
}: TraceEvent): string {
  const words = [`#${step}`, `${elapsedMs}ms`, actor, action];
  if (key !== undefined) words.push(key);
  if (fault !== undefined) words.push(`[${fault}]`);
  if (orphan !== undefined) words.push(`(${orphan})`);
  return `${words.join(" ")}: ${result}`;
}
