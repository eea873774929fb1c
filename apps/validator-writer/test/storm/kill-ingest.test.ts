import { setTimeout } from "node:timers/promises";

import { createPredictions, openPredictions } from "@foretile/app-kit";
import type { Random } from "@foretile/resilience";
import { createSeededRandom, temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { ingestLines, memoryStore } from "../support/run-writer.ts";
import {
  answerDocument,
  keyOf,
  publishLine,
  requestLine,
  responseLine,
  SMALL_LABEL,
} from "../support/small-request.ts";
import { WriterProcess } from "../support/writer-process.ts";

/** Stores that are written at the same time, each by one process after the other. */
const LANES = 4;
const KILLS_PER_LANE = 26;
const REQUESTS_PER_ROUND = 6;
const MINERS = 4;
/** A process is killed less than this after the result line that was waited for: about two requests later. */
const DELAY_MS = 12;

interface Lane {
  readonly url: string;
  readonly random: Random;
  readonly env: Readonly<Record<string, string>>;
}

function roundLines(round: number): string[] {
  const first = round * REQUESTS_PER_ROUND;
  return Array.from({ length: REQUESTS_PER_ROUND }, (_, index) => first + index).flatMap(
    (request) => {
      const id = `r${request}`;
      return [
        requestLine(id, request),
        ...Array.from({ length: MINERS }, (_, miner) =>
          responseLine(id, answerDocument(request, miner, request * MINERS + miner)),
        ),
        publishLine(id),
      ];
    },
  );
}

/**
 * Starts an ingest of `lines` and kills it at some moment between its first and its last result.
 *
 * @returns the keys that it said were published
 */
async function killSomewhere(lane: Lane, lines: readonly string[]): Promise<string[]> {
  const { random } = lane;
  await using writer = new WriterProcess(["ingest", "--store", lane.url], lane.env);
  await writer.write(`${lines.join("\n")}\n`);
  await writer.resultCount(1 + (random.nextUint32() % (REQUESTS_PER_ROUND - 1)));
  await setTimeout(random.nextUint32() % DELAY_MS);
  writer.child.kill("SIGKILL");
  const { signal } = await writer.end();
  expect(signal).toBe("SIGKILL");
  return writer.results.map((result) => result["key"] as string);
}

/** Opens the store, verifies all of it, and returns the keys it holds, each with all its answers. */
async function wholeRequests(url: string): Promise<Set<string>> {
  await using opened = await openPredictions(url, "read");
  const { predictions } = opened;
  for await (const event of predictions.verify()) expect(event.type).toBe("checked");
  const keys = new Set<string>();
  for await (const batch of predictions.list()) {
    for (const { key } of batch) {
      const { answers, version } = await predictions.read(key);
      expect({ key, version, answers: answers.map(({ minerId }) => minerId) }).toEqual({
        key,
        version: 1,
        answers: Array.from({ length: MINERS }, (_, miner) => 1000 + miner),
      });
      keys.add(key);
    }
  }
  return keys;
}

/** @returns how many rounds the kill cut short */
async function runLane(lane: Lane): Promise<number> {
  const { url } = lane;
  const created = await createPredictions(url, { labels: [SMALL_LABEL] });
  await created[Symbol.asyncDispose]();
  const acknowledged = new Set<string>();
  const lines: string[] = [];
  let cutShort = 0;
  for (let round = 1; round <= KILLS_PER_LANE; round += 1) {
    const added = roundLines(round - 1);
    lines.push(...added);
    for (const key of await killSomewhere(lane, added)) acknowledged.add(key);
    const stored = await wholeRequests(url);
    for (const key of acknowledged) expect(stored).toContain(key);
    // Requests whose result line was not read any more: the one or two that were being published.
    expect(stored.size).toBeLessThanOrEqual(round * REQUESTS_PER_ROUND);
    if (!stored.has(keyOf(round * REQUESTS_PER_ROUND - 1))) cutShort += 1;
  }

  const clean = await ingestLines(await memoryStore(), lines);
  await using last = new WriterProcess(["ingest", "--store", url], lane.env);
  last.child.stdin.end(`${lines.join("\n")}\n`);
  expect(await last.end()).toMatchObject({ code: 0 });
  const hashes = last.results.map((result) => result["version_hash"]);
  expect(hashes).toEqual(clean.results.map((result) => result["version_hash"]));
  const everything = Array.from({ length: KILLS_PER_LANE * REQUESTS_PER_ROUND }, (_, request) =>
    keyOf(request),
  );
  expect(await wholeRequests(url)).toEqual(new Set(everything));
  return cutShort;
}

test("a writer killed at any moment leaves whole requests, and the same input again completes them", async () => {
  await using folder = await temporaryFolder();
  // The first process compiles for all, by doing what they do: starting is most of what a killed process does.
  const env = { NODE_COMPILE_CACHE: `${folder.path}/compiled` };
  const url = `lmdb:${folder.path}/first`;
  const created = await createPredictions(url, { labels: [SMALL_LABEL] });
  await created[Symbol.asyncDispose]();
  await using first = new WriterProcess(["ingest", "--store", url], env);
  first.child.stdin.end(`${roundLines(0).join("\n")}\n`);
  expect(await first.end()).toMatchObject({ code: 0 });

  const cutShort = await Promise.all(
    Array.from({ length: LANES }, (_, index) =>
      runLane({
        url: `lmdb:${folder.path}/store-${index}`,
        random: createSeededRandom(20_171_205 + index),
        env,
      }),
    ),
  );
  // Kills that came after the end would prove nothing.
  expect(Math.min(...cutShort)).toBeGreaterThan(KILLS_PER_LANE / 3);
});
