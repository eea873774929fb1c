import type { Store } from "@foretile/storage";
import type { ConformanceRunner } from "@foretile/storage/conformance";
import { createLibrary, openLibrary, type CompositionOptions } from "@foretile/version-store";
import { openTraceStore } from "../open-trace-store.ts";
import { appendCases } from "./append-cases.ts";
import type { AddCase, CaseStore } from "./conformance-case.ts";
import { damageCases } from "./damage-cases.ts";
import { deleteCases } from "./delete-cases.ts";
import { historyCases } from "./history-cases.ts";
import { queryCases } from "./query-cases.ts";
import { readCases } from "./read-cases.ts";
import { setCases } from "./set-cases.ts";
import { versionCases } from "./version-cases.ts";
import { writerCases } from "./writer-cases.ts";

export interface TraceConformanceOptions {
  /** Names the store in the report. */
  readonly name: string;
  /** Opens an empty store that no other case sees. The suite closes it. */
  readonly open: () => Promise<Store>;
  /** How libraries are made. Default: as `createLibrary` does. */
  readonly composition?: CompositionOptions | undefined;
  /** Which promises are tried. Default: all. For stores that are far away, when a nearer one proved the others. */
  readonly promises?: readonly TracePromise[] | undefined;
}

/** What the cases are about. */
export type TracePromise =
  | "sets"
  | "appends"
  | "reads"
  | "queries"
  | "deletions"
  | "versions"
  | "writers"
  | "damage"
  | "histories";

const registrations: Readonly<Record<TracePromise, (add: AddCase) => void>> = {
  sets: setCases,
  appends: appendCases,
  reads: readCases,
  queries: queryCases,
  deletions: deleteCases,
  versions: versionCases,
  writers: writerCases,
  damage: damageCases,
  histories: historyCases,
};

/**
 * Registers every case with the runner. A failed case throws an error that says what was promised. Cases share nothing,
 * so that a runner may run some at once.
 */
export function traceStoreConformance(
  runner: ConformanceRunner,
  { name, open, composition, promises }: TraceConformanceOptions,
): void {
  const add: AddCase = (caseName, body) => {
    runner.test(caseName, async () => {
      await using store = await open();
      await body(await caseStore(store, composition));
    });
  };
  runner.describe(`trace sets on ${name} keep their promises`, () => {
    for (const promise of promises ?? (Object.keys(registrations) as TracePromise[])) {
      runner.describe(promise, () => registrations[promise](add));
    }
  });
}

async function caseStore(
  store: Store,
  composition: CompositionOptions | undefined,
): Promise<CaseStore> {
  const library = await createLibrary({ store, composition, probe: false });
  return {
    store,
    library,
    openTraces: (valueType, { tileSize = 8, set = "test", library: other = library } = {}) =>
      openTraceStore({ library: other, set, valueType, tileSize }),
    openAgain: (options) => openLibrary({ store, probe: false, ...options }),
  };
}
