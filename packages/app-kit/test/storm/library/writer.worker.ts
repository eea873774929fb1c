// Performs one action of its writer after the other.
import { openWorkerLibrary, workerOptions, type WorkerOptions } from "./worker-side.ts";
import { WriterActions } from "./writer-actions.ts";

interface WriterOptions extends WorkerOptions {
  readonly writer: string;
  readonly life: string;
  /** How many. Default: until it is killed. */
  readonly times?: number | undefined;
}

const options = workerOptions() as WriterOptions;
const { times = Infinity } = options;
const actions = new WriterActions(await openWorkerLibrary(options), options.writer, options.life);
for (let number = 0; number < times; number += 1) await actions.perform(number);
