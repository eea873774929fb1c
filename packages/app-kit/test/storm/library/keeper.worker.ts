// Performs one action of a keeper after the other, until it is killed.
import { KeeperActions } from "./keeper-actions.ts";
import { openWorkerLibrary, workerOptions, type WorkerOptions } from "./worker-side.ts";

interface KeeperOptions extends WorkerOptions {
  readonly life: string;
  readonly writers: readonly string[];
}

const options = workerOptions() as KeeperOptions;
const library = await openWorkerLibrary(options);
const actions = new KeeperActions(library, options.life, options.writers);
for (let number = 0; ; number += 1) await actions.perform(number);
