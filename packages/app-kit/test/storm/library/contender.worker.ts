// Prepares a second version of one symbol after the other, and commits each when it is let go.
import { makeCommit } from "./named-commit.ts";
import { contentOf, segmentName } from "./named-segments.ts";
import {
  createGate,
  openWorkerLibrary,
  tell,
  workerOptions,
  type WorkerOptions,
} from "./worker-side.ts";

interface ContenderOptions extends WorkerOptions {
  readonly contender: string;
  readonly symbols: readonly string[];
}

const BYTES = 1000;

const options = workerOptions() as ContenderOptions;
const library = await openWorkerLibrary(options);
const gate = createGate();
for (const [round, symbol] of options.symbols.entries()) {
  const name = `${options.contender}.0.${round}.0`;
  await makeCommit(library, {
    name,
    symbol,
    segments: [segmentName(name, 0, BYTES)],
    expectedVersion: 1,
    build: (_base, own) => contentOf(own),
    meanwhile: async () => {
      tell({ did: "prepared", name });
      await gate();
    },
  });
}
process.stdin.destroy();
