import { writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { createInterface } from "node:readline";

import { systemClock } from "@foretile/resilience/system";
import type { Store } from "@foretile/storage";
import { withObserver } from "@foretile/storage/layers";
import { openLibrary, type Library } from "@foretile/version-store";

import { openStore } from "../../../src/store/open-store.ts";

/** What every worker is told at its start. */
export interface WorkerOptions {
  /** Folder of the store. */
  readonly path: string;
  /** The process ends as if killed right after this many calls of the store. Default: never. */
  readonly diesAfterCalls?: number | undefined;
}

/** What the test gave the worker. */
export function workerOptions(): unknown {
  return JSON.parse(process.argv[2] ?? "{}");
}

/** Tells the test something. Written at once: a line that waits in a buffer would die with the process. */
export function tell(line: unknown): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

/** Where a process waits until the test lets it go on: all of them, or one after the other. */
export function createGate(): () => Promise<void> {
  const passes = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  return async () => {
    await passes.next();
  };
}

export async function openWorkerStore({ path, diesAfterCalls }: WorkerOptions): Promise<Store> {
  const store = await openStore(`lmdb:${path}`, "write");
  // Whoever is killed leaves no compiled code behind otherwise.
  flushCompileCache();
  if (diesAfterCalls === undefined) return store;
  let calls = 0;
  return withObserver(store, {
    clock: systemClock,
    // After the store has done it and before the caller hears of it.
    observe: () => {
      calls += 1;
      if (calls >= diesAfterCalls) process.kill(process.pid, "SIGKILL");
    },
  });
}

export async function openWorkerLibrary(options: WorkerOptions): Promise<Library> {
  // Most would be killed before they had done anything but probe the store.
  return openLibrary({ store: await openWorkerStore(options), probe: false });
}
