import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { DemoOptions } from "./demo-options.ts";
import { type ForecastTask, INCREMENT_SECONDS, LABEL, LENGTH_SECONDS } from "./forecast-task.ts";
import { GaussianRandom } from "./gaussian-random.ts";
import { makeNetwork, type Miner } from "./network.ts";
import {
  chooseStarts,
  knownBefore,
  type PriceFeed,
  priceFileText,
  readPrices,
  syntheticPrices,
} from "./price-feed.ts";
import type { IngestLine, ScorerLine, StatsTotal, VerifySummary } from "./program-output.ts";
import { jsonLines, type Programs, runProgram } from "./programs.ts";
import { type SentAnswer, simulateNetwork } from "./simulate-network.ts";

/** Everything that happened, for the report. */
export interface DemoResult {
  readonly options: DemoOptions;
  readonly prices: PriceFeed;
  readonly miners: readonly Miner[];
  readonly tasks: readonly ForecastTask[];
  readonly sent: readonly SentAnswer[];
  /** Bytes of the answers as JSON. */
  readonly inputBytes: number;
  readonly ingest: readonly IngestLine[];
  readonly scores: readonly ScorerLine[];
  readonly stats: StatsTotal;
  readonly verify: VerifySummary;
  /** How long each step took; the only part that is not the same each time. */
  readonly seconds: Readonly<Record<"simulate" | "ingest" | "score" | "verify", number>>;
}

export interface RunDemoOptions {
  readonly programs: Programs;
  /** Told what begins. */
  readonly onStep: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Plays the whole story: miners answer, the real writer stores, the real scorer scores, the real operator's program
 * counts and verifies. Works in a temporary folder, which it removes.
 */
export async function runDemo(
  options: DemoOptions,
  { programs, onStep, signal }: RunDemoOptions,
): Promise<DemoResult> {
  const { seed, minerCount, requestCount, simulations } = options;
  const prices =
    options.pricesPath === undefined
      ? syntheticPrices(seed, requestCount)
      : await readPrices(options.pricesPath);
  const tasks = makeTasks(prices, options);
  const miners = makeNetwork(minerCount, GaussianRandom.of(seed, 0));

  const folder = await mkdtemp(join(tmpdir(), "foretile-demo-"));
  try {
    const store = ["--store", options.storeUrl ?? `lmdb:${join(folder, "store")}`, "--json"];
    await makeStore(programs, store, join(folder, "labels.json"), simulations, signal);

    onStep(`${minerCount} miners answer ${requestCount} requests`);
    const inputPath = join(folder, "answers.ndjson");
    const startMs = performance.now();
    const sent = await simulateNetwork(inputPath, miners, tasks, { seed, signal });
    const simulate = (performance.now() - startMs) / 1000;

    onStep("foretile-writer stores the answers");
    // Late answers are rejected lines, by which the writer says that not everything was taken.
    const ingest = await runProgram(programs.writer, ["ingest", ...store], {
      inputPath,
      expectedCodes: [0, 6],
      signal,
    });

    onStep("foretile-scorer scores them");
    const pricesPath = options.pricesPath ?? join(folder, "prices.csv");
    if (options.pricesPath === undefined) await writeFile(pricesPath, priceFileText(prices));
    const scoring = ["score", ...store, "--prices", pricesPath, "--leaderboard"];
    const score = await runProgram(programs.scorer, scoring, { signal });

    onStep("foretile counts and verifies");
    const stats = await runProgram(programs.foretile, ["stats", ...store], { signal });
    const verify = await runProgram(programs.foretile, ["verify", ...store], { signal });
    return {
      options,
      prices,
      miners,
      tasks,
      sent,
      inputBytes: (await stat(inputPath)).size,
      ingest: jsonLines<IngestLine>(ingest),
      scores: jsonLines<ScorerLine>(score),
      stats: lastLine(jsonLines<StatsTotal>(stats)),
      verify: lastLine(jsonLines<VerifySummary>(verify)),
      seconds: {
        simulate,
        ingest: ingest.seconds,
        score: score.seconds,
        verify: verify.seconds,
      },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function makeTasks(prices: PriceFeed, options: DemoOptions): ForecastTask[] {
  return chooseStarts(prices, options.requestCount).map((startUnixSeconds, index) => ({
    index,
    id: `r${index + 1}`,
    asset: options.asset,
    startUnixSeconds,
    incrementSeconds: INCREMENT_SECONDS,
    steps: LENGTH_SECONDS / INCREMENT_SECONDS + 1,
    simulations: options.simulations,
    ...knownBefore(prices, startUnixSeconds),
  }));
}

/** Makes the store with the network's own label, but for the number of paths. */
async function makeStore(
  programs: Programs,
  store: readonly string[],
  labelsPath: string,
  simulations: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const list = await runProgram(
    programs.foretile,
    ["label", "list", "--store", "memory:", "--json"],
    { signal },
  );
  const labels = jsonLines<{ readonly label: string }>(list)
    .filter(({ label }) => label === LABEL)
    .map((label) => ({ ...label, num_simulations: simulations }));
  await writeFile(labelsPath, JSON.stringify(labels));
  await runProgram(programs.foretile, ["init", ...store, "--labels", labelsPath], { signal });
}

function lastLine<T>(lines: readonly T[]): T {
  const last = lines.at(-1);
  if (last === undefined) throw new Error("a program printed nothing");
  return last;
}
