import { expect, test } from "vitest";

import { WorkerPool, type WorkerPoolOptions } from "../src/index.ts";
import type { Trial } from "./trial.worker.ts";

const entry = new URL("./trial.worker.ts", import.meta.url);
const echo: Trial = { do: "echo", text: "hello" };

function openPool(options: Partial<WorkerPoolOptions> = {}): WorkerPool<Trial, unknown> {
  return new WorkerPool(entry, { workerCount: 1, start: { name: "I say" }, ...options });
}

test("answers questions, one after the other on few workers, with what they were started with", async () => {
  await using pool = openPool();
  const texts = ["a", "b", "c"];
  const answers = await Promise.all(texts.map((text) => pool.ask({ do: "echo", text })));
  expect(answers).toEqual(["I say a", "I say b", "I say c"]);
});

test("works on as many questions at one time as it has workers", async () => {
  await using pool = openPool({ workerCount: 3 });
  const memory = new SharedArrayBuffer(4);
  const meet: Trial = { do: "meet", memory, count: 3 };
  expect(await Promise.all([meet, meet, meet].map((trial) => pool.ask(trial)))).toEqual([
    "met",
    "met",
    "met",
  ]);
  expect(await pool.askAll(echo)).toHaveLength(3);
});

test("without a question it starts nothing, and asks nobody", async () => {
  await using pool = openPool({ workerCount: 8 });
  expect(await pool.askAll(echo)).toEqual([]);
});

test("an error of the work keeps class name, code, advice and cause, and costs the worker nothing", async () => {
  await using pool = openPool({ maxReplacements: 0 });
  await expect(pool.ask({ do: "throw" })).rejects.toMatchObject({
    name: "StorageError",
    code: "unavailable",
    retry: "safe",
    message: "no such thing",
    cause: { message: "below" },
  });
  expect(await pool.ask(echo)).toBe("I say hello");
});

test("work that could not be opened fails the question, and the next one opens it", async () => {
  await using pool = openPool({ start: { name: "late", failFirst: true }, maxReplacements: 0 });
  await expect(pool.ask(echo)).rejects.toThrow("not yet");
  expect(await pool.ask(echo)).toBe("late hello");
});

test.each<[Trial["do"], Trial, RegExp]>([
  ["crash", { do: "crash" }, /a worker failed/],
  ["leave", { do: "leave" }, /a worker ended early exit_code=3/],
  ["fill-memory", { do: "fill-memory" }, /a worker failed/],
])("a worker that ends early (%s) fails its question only", async (_, trial, message) => {
  await using pool = openPool({ resourceLimits: { maxOldGenerationSizeMb: 16 } });
  const [first, bad, last] = [pool.ask(echo), pool.ask(trial), pool.ask(echo)];
  await expect(bad).rejects.toThrow(message);
  await expect(bad).rejects.toMatchObject({ name: "WorkerPoolError", code: "worker-failed" });
  expect([await first, await last]).toEqual(["I say hello", "I say hello"]);
});

test("gives up once too many workers ended early", async () => {
  await using pool = openPool({ maxReplacements: 2 });
  for (let turn = 0; turn < 3; turn += 1) {
    await expect(pool.ask({ do: "leave" })).rejects.toMatchObject({ code: "worker-failed" });
  }
  await expect(pool.ask(echo)).rejects.toMatchObject({ code: "too-many-failures" });
});

test("what moves to a worker and back is not copied", async () => {
  await using pool = openPool();
  const bytes = Uint8Array.of(41, 7).buffer;
  const answer = await pool.ask({ do: "move", bytes }, { transfer: [bytes] });
  expect(new Uint8Array(answer as ArrayBuffer)).toEqual(Uint8Array.of(42, 7));
  expect(bytes.detached).toBe(true);
});

test("an abort reaches the question under way and those that wait, and no others", async () => {
  await using pool = openPool();
  const controller = new AbortController();
  const { signal } = controller;
  const waiting = [
    pool.ask({ do: "wait-for-abort" }, { signal }),
    pool.ask({ do: "wait-for-abort" }, { signal }),
  ];
  const other = pool.ask(echo);
  controller.abort(new Error("enough"));
  for (const promise of waiting) await expect(promise).rejects.toThrow("enough");
  expect(await other).toBe("I say hello");
  await expect(pool.ask(echo, { signal })).rejects.toThrow("enough");
});

test("the end lets what is under way end, and fails what waits and what comes later", async () => {
  const pool = openPool();
  const first = pool.ask(echo);
  const waiting = pool.ask(echo);
  const [end, refused] = await Promise.allSettled([pool[Symbol.asyncDispose](), waiting]);
  expect(end.status).toBe("fulfilled");
  expect(refused).toMatchObject({ status: "rejected", reason: { code: "closed" } });
  expect(await first).toBe("I say hello");
  await expect(pool.ask(echo)).rejects.toMatchObject({ code: "closed" });
});
