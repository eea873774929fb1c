import { expect, test } from "vitest";
import { systemClock } from "@foretile/resilience/system";
import { toKey, type Key, type Store } from "@foretile/storage";
import { createSeededRandom, temporaryFolder } from "@foretile/testkit";
import { openLmdbStore } from "../../src/index.ts";
import { blobBytes, commitOf, recordBytes } from "./commit-data.ts";
import { startWorker } from "./run-worker.ts";

const WRITERS = ["a", "b", "c"];
const KILLS_PER_WRITER = 70;
const MOST_COMMITS_PER_LIFE = 6;
/** Longer than one commit, so that a kill meets every moment of the next. */
const LONGEST_DELAY_MS = 8;
/** About how long a process takes to open the store; some are killed before they have. */
const LONGEST_START_MS = 250;

async function lastCommit(store: Store, writer: string): Promise<number> {
  const head = await store.refs.read(toKey(`${writer}/head`));
  return Number(new TextDecoder().decode(head?.value));
}

async function isWhole(store: Store, key: Key): Promise<boolean> {
  const bytes = await store.blobs.get(key);
  return bytes !== undefined && Buffer.compare(bytes, blobBytes(key)) === 0;
}

async function checkCommit(store: Store, writer: string, number: number): Promise<void> {
  const commit = commitOf(writer, number);
  const record = await store.refs.read(commit.record);
  expect([commit.record, record?.value]).toEqual([commit.record, recordBytes(commit)]);
  for (const key of commit.blobs) {
    expect([key, await isWhole(store, key)]).toEqual([key, true]);
  }
}

test("writers killed at any moment leave every acknowledged commit whole", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await using store = await openLmdbStore({ path, mode: "create" });
  let acknowledgedInAll = 0;

  async function killAgainAndAgain(writer: string, seed: number): Promise<void> {
    const random = createSeededRandom(seed);
    for (let kill = 0; kill < KILLS_PER_WRITER; kill += 1) {
      const before = await lastCommit(store, writer);
      const worker = startWorker("writer", [path, writer]);
      const commits = random.nextUint32() % MOST_COMMITS_PER_LIFE;
      await worker.said(commits);
      const longestMs = commits === 0 ? LONGEST_START_MS : LONGEST_DELAY_MS;
      await systemClock.sleep((random.nextUint32() / 2 ** 32) * longestMs);
      worker.child.kill("SIGKILL");
      const end = await worker.ended;
      expect({ seed, kill, ...end }).toEqual({
        seed,
        kill,
        code: null,
        signal: "SIGKILL",
        errors: "",
      });

      const acknowledged = Number(worker.lines.at(-1) ?? before);
      const last = await lastCommit(store, writer);
      // Up to two more than it said: it may have died between the commit and the word, and so may the one before.
      expect([0, 1, 2], `seed=${seed} kill=${kill}`).toContain(last - acknowledged);
      for (let number = before + 1; number <= last; number += 1) {
        await checkCommit(store, writer, number);
      }
      acknowledgedInAll += worker.lines.length;
    }
  }

  await Promise.all(WRITERS.map((writer, index) => killAgainAndAgain(writer, 7 + index)));
  expect(acknowledgedInAll).toBeGreaterThan(WRITERS.length * KILLS_PER_WRITER);

  // Nothing half: whatever is listed, acknowledged or not, is what belongs there, also for a process that opens later.
  await store.close();
  await using reopened = await openLmdbStore({ path, mode: "read" });
  for (const writer of WRITERS) {
    for (let number = await lastCommit(reopened, writer); number > 0; number -= 1) {
      await checkCommit(reopened, writer, number);
    }
  }
  for await (const batch of reopened.blobs.list({})) {
    for (const { key, length } of batch) {
      expect([key, await isWhole(reopened, key)]).toEqual([key, true]);
      expect(length).toBe(blobBytes(key).byteLength);
    }
  }
});
