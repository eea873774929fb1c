import { setTimeout } from "node:timers/promises";

import { SharedRanges, serveWork, type WorkerAnswer } from "../src/worker.ts";

/** What a worker of the tests is asked to do. */
export type Trial =
  | { readonly do: "echo"; readonly text: string }
  | { readonly do: "throw" }
  | { readonly do: "crash" }
  | { readonly do: "leave" }
  | { readonly do: "fill-memory" }
  | { readonly do: "move"; readonly bytes: ArrayBuffer }
  | { readonly do: "wait-for-abort" }
  | { readonly do: "meet"; readonly memory: SharedArrayBuffer; readonly count: number }
  | {
      readonly do: "ranges";
      readonly memory: SharedArrayBuffer;
      readonly visits: SharedArrayBuffer;
      /** Where so many takers meet first. */
      readonly start: SharedArrayBuffer;
      readonly count: number;
    };

let opened = 0;

serveWork<{ readonly name: string; readonly failFirst?: boolean }, Trial, unknown>(
  async ({ name, failFirst }) => {
    opened += 1;
    if (failFirst === true && opened === 1) throw new Error("not yet");
    return {
      answer: async (trial, signal) => answer(name, trial, signal),
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
);

async function answer(
  name: string,
  trial: Trial,
  signal: AbortSignal,
): Promise<WorkerAnswer<unknown>> {
  switch (trial.do) {
    case "echo":
      return { answer: `${name} ${trial.text}` };
    case "throw":
      throw Object.assign(new Error("no such thing", { cause: new Error("below") }), {
        name: "StorageError",
        code: "unavailable",
        retry: "safe",
      });
    case "crash":
      queueMicrotask(() => {
        throw new Error("boom");
      });
      return { answer: await setTimeout(60_000, "nobody crashed", { signal }) };
    case "leave":
      return { answer: leave() };
    case "fill-memory":
      return { answer: fillMemory() };
    case "move":
      return { answer: increment(trial.bytes), transfer: [trial.bytes] };
    case "wait-for-abort":
      return { answer: await setTimeout(60_000, "nobody aborted", { signal }) };
    case "meet":
      return { answer: meet(new Int32Array(trial.memory), trial.count) };
    case "ranges":
    default:
      meet(new Int32Array(trial.start), trial.count);
      return { answer: visitAll(new SharedRanges(trial.memory), new Int32Array(trial.visits)) };
  }
}

function leave(): unknown {
  return process.exit(3);
}

function fillMemory(): unknown {
  const kept: unknown[] = [];
  for (;;) kept.push(Array.from({ length: 100_000 }, (_, index) => ({ index })));
}

function increment(buffer: ArrayBuffer): ArrayBuffer {
  const bytes = new Uint8Array(buffer);
  bytes[0] = (bytes[0] as number) + 1;
  return buffer;
}

/** Returns once so many are here at one time. */
function meet(here: Int32Array, count: number): string {
  Atomics.add(here, 0, 1);
  Atomics.notify(here, 0);
  for (let seen = Atomics.load(here, 0); seen < count; seen = Atomics.load(here, 0)) {
    Atomics.wait(here, 0, seen);
  }
  return "met";
}

/** @returns how many ranges fell to this worker */
function visitAll(ranges: SharedRanges, visits: Int32Array): number {
  let taken = 0;
  for (let range = ranges.take(); range !== undefined; range = ranges.take()) {
    Atomics.add(visits, range, 1);
    ranges.finish(range);
    taken += 1;
  }
  return taken;
}
