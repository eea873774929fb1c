import type { Random } from "@foretile/resilience";
import { systemClock } from "@foretile/resilience/system";
import { expect } from "vitest";

import { WorkerProcess } from "./run-worker.ts";

/** Of one life of a worker. */
export interface LifeOptions {
  /** What the worker is told at its start. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly random: Random;
  /** It dies after at most this many calls of the store: small numbers are likelier. */
  readonly mostCalls: number;
  /** It is killed when it told at most this many lines, or a little later. */
  readonly mostLines: number;
  /** Longer than one step of its work, so that a kill meets every moment of the next. */
  readonly longestDelayMs: number;
  readonly cache: string;
}

/**
 * Runs a worker and kills it: half of them from inside, right after some call of the store, half from outside, at
 * whatever moment that is.
 *
 * @returns what it told
 */
export async function oneLife<Line>(name: string, life: LifeOptions): Promise<readonly Line[]> {
  const { options, random, mostCalls, mostLines, longestDelayMs, cache } = life;
  const fromInside = random.nextUint32() % 2 === 0;
  const share = random.nextUint32() / 2 ** 32;
  const diesAfterCalls = fromInside ? Math.ceil(mostCalls ** share) : undefined;
  await using worker = new WorkerProcess<Line>(name, { ...options, diesAfterCalls }, cache);
  if (!fromInside) {
    await worker.told(random.nextUint32() % (mostLines + 1));
    await systemClock.sleep(share * longestDelayMs);
    worker.kill();
  }
  expect({ options, ...(await worker.ended) }).toEqual({
    options,
    code: null,
    signal: "SIGKILL",
    errors: "",
  });
  return worker.lines;
}
