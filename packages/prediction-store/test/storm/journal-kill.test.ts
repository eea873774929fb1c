import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "@foretile/testkit";
import { openJournal } from "../saving/open-journal.ts";
import { bitsOf, walk } from "../store/open-test-store.ts";

const LIVES = 12;

function startWorker(folder: string): ChildProcessByStdio<null, Readable, null> {
  const script = fileURLToPath(new URL("spilling.worker.ts", import.meta.url));
  const command = ["--conditions=@foretile/source", script, folder];
  return spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
}

/** Lets a process keep requests, kills it some lines after its start; gives what it acknowledged. */
async function oneLife(folder: string, lines: number): Promise<(readonly [number, number])[]> {
  const child = startWorker(folder);
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    text += part;
    if (text.split("\n").length > lines) child.kill("SIGKILL");
  });
  await once(child, "close");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1).trim();
  return whole.split("\n").map((line) => {
    const [number = 0, round = 0] = line.split(" ").map(Number);
    return [number, round] as const;
  });
}

test("another process has the folder as long as it lives, though it does nothing", async () => {
  await using folder = await temporaryFolder();
  const child = startWorker(folder.path);
  await once(child.stdout, "data");
  child.kill("SIGSTOP");
  try {
    await expect(openJournal(folder.path)).rejects.toMatchObject({
      code: "journal-in-use",
      message: expect.stringContaining(`folder=${folder.path} pid=${child.pid}`),
    });
  } finally {
    child.kill("SIGKILL");
    await once(child, "close");
  }
  await using journal = await openJournal(folder.path);
  expect((await journal.entries()).length).toBeGreaterThan(0);
});

test("a process killed at any moment leaves every acknowledged request whole", async () => {
  await using folder = await temporaryFolder();
  const acknowledged = new Map<number, number>();
  for (let life = 0; life < LIVES; life += 1) {
    for (const [number, round] of await oneLife(folder.path, 1 + (life % 5))) {
      expect(acknowledged.has(number)).toBe(false);
      acknowledged.set(number, round);
    }
  }
  await using journal = await openJournal(folder.path);
  const entries = await journal.entries();
  const numbers = entries.map(({ number }) => number);
  expect([...acknowledged.keys()].filter((number) => !numbers.includes(number))).toEqual([]);
  expect(acknowledged.size).toBeGreaterThanOrEqual(LIVES);
  for (const entry of entries) {
    const { answers } = await journal.read(entry);
    const round = acknowledged.get(entry.number);
    for await (const { minerId, outcome } of answers()) {
      const tile = outcome.status === "valid" ? outcome.tile : new Float32Array(0);
      // One that was whole when the kill came before its acknowledgement is whole too.
      const wanted = round === undefined ? tile : walk(round + minerId);
      expect(bitsOf(tile)).toEqual(bitsOf(wanted));
    }
  }
});
