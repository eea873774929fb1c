import type { StepRange } from "../store/step-range.ts";
import type { TilePanel } from "../store/tile-result.ts";

/**
 * - `up`: from below the level to the level or above.
 * - `down`: from above the level to the level or below.
 * - `either`: one of the two.
 */
export type CrossingDirection = "up" | "down" | "either";

/** Every direction. */
export const crossingDirections: readonly CrossingDirection[] = ["up", "down", "either"];

/** The paths of one tile that cross a level. */
export interface Crossings {
  /** Numbers of the paths, ascending. */
  readonly simulations: Uint32Array;
  /** For each of them the step at which it first is at the level or on its other side. */
  readonly firstSteps: Uint32Array;
}

/** No step is that high. */
const NEVER = 0xffff_ffff;

/**
 * The first crossing of each path of a tile, found panel by panel: a panel's last step is kept for the first of the
 * next.
 */
export class FirstCrossings {
  readonly #level: number;
  /** 1 when crossings of this direction count, otherwise 0. */
  readonly #up: number;
  readonly #down: number;
  readonly #firstSteps: Uint32Array;
  /** The paths that have not crossed yet are its beginning, ascending. */
  readonly #open: Uint32Array;
  /** The step before the next panel. */
  readonly #before: Float32Array;
  #hasBefore = false;
  #openCount = 0;

  constructor(simulations: number, level: number, direction: CrossingDirection) {
    this.#level = level;
    this.#up = Number(direction !== "down");
    this.#down = Number(direction !== "up");
    this.#firstSteps = new Uint32Array(simulations);
    this.#open = new Uint32Array(simulations);
    this.#before = new Float32Array(simulations);
  }

  /** Whether every path has crossed. */
  get isComplete(): boolean {
    return this.#openCount === 0;
  }

  /** Begins a tile. */
  clear(): void {
    this.#firstSteps.fill(NEVER);
    this.#hasBefore = false;
    this.#openCount = this.#open.length;
    for (let path = 0; path < this.#openCount; path += 1) this.#open[path] = path;
  }

  /** Takes the panel that comes next. */
  addPanel({ firstStep, steps, values }: TilePanel, window: StepRange): void {
    const simulations = this.#firstSteps.length;
    const from = Math.max(window.from, firstStep);
    const to = Math.min(window.to, firstStep + steps);
    const row = (step: number): number => (step - firstStep) * simulations;
    if (this.#hasBefore) this.#addStep(from, this.#before, 0, values, row(from));
    for (let step = from + 1; step < to; step += 1) {
      this.#addStep(step, values, row(step - 1), values, row(step));
    }
    this.#before.set(values.subarray(row(to - 1), row(to)));
    this.#hasBefore = true;
  }

  /** @returns arrays that belong to the caller */
  result(): Crossings {
    const crossed = this.#firstSteps.length - this.#openCount;
    const simulations = new Uint32Array(crossed);
    const firstSteps = new Uint32Array(crossed);
    let count = 0;
    for (const [simulation, step] of this.#firstSteps.entries()) {
      if (step === NEVER) continue;
      simulations[count] = simulation;
      firstSteps[count] = step;
      count += 1;
    }
    return { simulations, firstSteps };
  }

  #addStep(
    step: number,
    before: Float32Array,
    beforeAt: number,
    now: Float32Array,
    nowAt: number,
  ): void {
    const level = this.#level;
    const up = this.#up;
    const down = this.#down;
    const firstSteps = this.#firstSteps;
    const open = this.#open;
    const count = this.#openCount;
    let left = 0;
    for (let at = 0; at < count; at += 1) {
      const path = open[at] as number;
      const from = before[beforeAt + path] as number;
      const to = now[nowAt + path] as number;
      // Without branches: which side a path is on cannot be foretold, and whether one crosses can, since few do.
      const crosses =
        (up & Number(from < level) & Number(to >= level)) |
        (down & Number(from > level) & Number(to <= level));
      if (crosses !== 0) firstSteps[path] = step;
      open[left] = path;
      left += 1 - crosses;
    }
    this.#openCount = left;
  }
}
