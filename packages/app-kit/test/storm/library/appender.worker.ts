// Appends one row of its own to a symbol after the other, each until it is in.
import { makeCommit } from "./named-commit.ts";
import { contentOf, segmentName, segmentsOf } from "./named-segments.ts";
import { openWorkerLibrary, workerOptions, type WorkerOptions } from "./worker-side.ts";

interface AppenderOptions extends WorkerOptions {
  readonly symbol: string;
  readonly life: string;
  /** How many rows. Default: until it is killed. */
  readonly times?: number | undefined;
}

const ROW_BYTES = 100;

const options = workerOptions() as AppenderOptions;
const { symbol, life, times = Infinity } = options;
const library = await openWorkerLibrary(options);

for (let row = 0; row < times; row += 1) {
  for (let attempt = 0; ; attempt += 1) {
    const name = `${life}.${row}.${attempt}`;
    const line = await makeCommit(library, {
      name,
      symbol,
      segments: [segmentName(name, 0, ROW_BYTES)],
      build: async (base, own) => contentOf([...(await segmentsOf(base)), ...own]),
    });
    if (line.did === "committed") break;
  }
}
