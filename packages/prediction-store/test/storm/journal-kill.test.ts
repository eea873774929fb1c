import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "@foretile/testkit";
import { SpillJournal } from "../../src/saving/index.ts";
import { bitsOf, walk } from "../store/open-test-store.ts";

const LIVES = 12;

/** Lets a process keep requests, kills it some lines after its start; gives what it acknowledged. */
async function oneLife(folder: string, lines: number): Promise<(readonly [number, number])[]> {
  const script = fileURLToPath(new URL("spilling.worker.ts", import.meta.url));
  const command = ["--conditions=@foretile/source", script, folder];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
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

test("a process killed at any moment leaves every acknowledged request whole", async () => {
  await using folder = await temporaryFolder();
  const acknowledged = new Map<number, number>();
  for (let life = 0; life < LIVES; life += 1) {
    for (const [number, round] of await oneLife(folder.path, 1 + (life % 5))) {
      expect(acknowledged.has(number)).toBe(false);
      acknowledged.set(number, round);
    }
  }
  const journal = await SpillJournal.open({ folder: folder.path });
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
