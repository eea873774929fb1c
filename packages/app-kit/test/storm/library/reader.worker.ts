// Reads versions at random and checks every byte, so many each time it is let go. Tells what it found wrong.
import { createSeededRandom } from "@foretile/testkit";

import { RandomReader } from "./random-reader.ts";
import type { ReaderLine } from "./told-lines.ts";
import {
  createGate,
  openWorkerLibrary,
  tell,
  workerOptions,
  type WorkerOptions,
} from "./worker-side.ts";

interface ReaderOptions extends WorkerOptions {
  readonly seed: number;
}

function tellReader(line: ReaderLine): void {
  tell(line);
}

const options = workerOptions() as ReaderOptions;
const library = await openWorkerLibrary(options);
const reader = new RandomReader(library, createSeededRandom(options.seed));
const gate = createGate();
for (let passes = 1; ; passes += 1) {
  const found = [
    ...(await reader.readVersion()),
    ...(await reader.readVersion()),
    ...(await reader.readPinned()),
  ];
  for (const problem of found) tellReader({ did: "found", problem });
  tellReader({ did: "read", passes });
  await gate();
}
