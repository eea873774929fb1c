import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { formatUtc } from "@foretile/app-kit";

import { type ForecastTask, LABEL, LENGTH_SECONDS } from "./forecast-task.ts";
import { GaussianRandom } from "./gaussian-random.ts";
import { answerOf } from "./miner-answer.ts";
import type { Miner } from "./network.ts";

/** An answer in the file, to tell its story afterwards. */
export interface SentAnswer {
  readonly miner: Miner;
  readonly task: ForecastTask;
  /** In the file, from 1. */
  readonly line: number;
  readonly fault: string | undefined;
}

/**
 * Plays the validator: asks every miner for every task and writes down what comes, as lines for the writer. Answers
 * come in any order; late ones after the request is published.
 */
export async function simulateNetwork(
  path: string,
  miners: readonly Miner[],
  tasks: readonly ForecastTask[],
  { seed, signal }: { readonly seed: number; readonly signal: AbortSignal | undefined },
): Promise<readonly SentAnswer[]> {
  const sent: SentAnswer[] = [];
  function* lines(): Generator<string, void, undefined> {
    let line = 0;
    for (const task of tasks) {
      const arrivals = GaussianRandom.of(seed, 5, task.index).shuffled(miners);
      const turns: (Miner | string)[] = [
        requestLine(task),
        ...arrivals.filter((miner) => !isLate(miner)),
        `${JSON.stringify({ publish: task.id })}\n`,
        ...arrivals.filter(isLate),
      ];
      for (const turn of turns) {
        line += 1;
        if (typeof turn === "string") {
          yield turn;
          continue;
        }
        const answer = answerOf(turn, task, seed);
        sent.push({ miner: turn, task, line, fault: answer.fault });
        yield answer.line;
      }
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(path), { signal });
  return sent;
}

function isLate({ behaviour }: Miner): boolean {
  return behaviour.kind === "late";
}

function requestLine(task: ForecastTask): string {
  const request = {
    id: task.id,
    label: LABEL,
    asset: task.asset,
    start_time: formatUtc(task.startUnixSeconds),
    time_increment: task.incrementSeconds,
    time_length: LENGTH_SECONDS,
    num_simulations: task.simulations,
  };
  return `${JSON.stringify({ request })}\n`;
}
