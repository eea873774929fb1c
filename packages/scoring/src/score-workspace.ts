import { MemberSorter } from "./member-sorter.ts";

/**
 * Buffers that {@link scoreTile} reuses from tile to tile, of 24 bytes per simulation. One per thread; the contents
 * mean nothing between calls.
 */
export class ScoreWorkspace {
  #sorter: MemberSorter | undefined;

  /** @internal */
  sorterFor(simulations: number): MemberSorter {
    if (this.#sorter?.members.length !== simulations) this.#sorter = new MemberSorter(simulations);
    return this.#sorter;
  }
}
