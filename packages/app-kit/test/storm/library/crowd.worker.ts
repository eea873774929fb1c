// Many writers in one process, each with a symbol of its own. Tells at the end what it cost.
import { systemClock } from "@foretile/resilience/system";
import { createCallCounter, withObserver } from "@foretile/storage/layers";
import { openLibrary } from "@foretile/version-store";

import { makeCommit } from "./named-commit.ts";
import { contentOf, segmentName } from "./named-segments.ts";
import { ownSymbol } from "./storm-symbols.ts";
import { openWorkerStore, tell, workerOptions, type WorkerOptions } from "./worker-side.ts";

interface CrowdOptions extends WorkerOptions {
  readonly crowd: string;
  readonly writers: number;
  /** Writes of each. */
  readonly times: number;
}

const ROW_BYTES = 100;

const options = workerOptions() as CrowdOptions;
const { crowd, writers, times } = options;
const counter = createCallCounter();
const store = await openWorkerStore(options);
const library = await openLibrary({
  store: withObserver(store, { clock: systemClock, observe: counter.observe }),
  probe: false,
});

async function write(writer: number): Promise<void> {
  for (let number = 0; number < times; number += 1) {
    const name = `${crowd}.${writer}.${number}.0`;
    await makeCommit(library, {
      name,
      symbol: ownSymbol(`${crowd}.${writer}`),
      segments: [segmentName(name, 0, ROW_BYTES)],
      build: (_base, own) => contentOf(own),
    });
  }
}

await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
tell({ did: "counted", changes: counter.totals().get("refs.compareAndSet")?.calls });
await store.close();
