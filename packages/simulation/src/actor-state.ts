import type { Draw } from "./draw.ts";
import type { FaultProbabilities } from "./faults.ts";

/** How an actor ended: its function returned, or it crashed. */
export type ActorEnd = "finished" | "crashed";

/** What the simulation knows of an actor. */
export interface ActorState {
  readonly name: string;
  /** In order of creation. */
  readonly index: number;
  readonly faults: FaultProbabilities | undefined;
  /** `stopped`: the run was given up. */
  status: "idle" | "running" | "stopped" | ActorEnd;
  /** What it did last, for the report of a run that is stuck. */
  lastStep: string;
  /** Resolves `Actor.ended`. */
  readonly tellEnd: (end: ActorEnd) => void;
  /** Perhaps lets the wall clock jump; gives its new distance in milliseconds from the actor's offset then. */
  readonly jumpClock: (draw: Draw) => number | undefined;
}
