import type { CallOptions } from "@foretile/storage";
import type { SegmentEntry } from "@foretile/version-store";
import { factsFromParts, type RunFacts } from "../run/facts-segment.ts";
import type { RunRecord } from "../run/run-record.ts";
import { damagedSegment } from "../segment/damaged-segment.ts";
import type { StoreContext } from "../store-context.ts";
import { tableFromParts } from "../table/table-segment.ts";
import { TraceTable } from "../table/trace-table.ts";
import { bytesPerValue } from "../values/point-values.ts";

/** What a run says about its traces, without their points. */
export interface RunParts {
  readonly table: TraceTable;
  readonly facts: RunFacts;
}

/** About what is said about one row beside its values takes in memory. */
const OPTIONS_BYTES = 128;

/**
 * Reads tables and facts of runs, with few requests; what is known is not read again, and a table that runs share is
 * read once.
 *
 * @throws {TraceStoreError} `tile-damaged`
 * @throws {VersionStoreError} `data-integrity` for a segment that is missing or damaged
 */
export async function loadRunParts(
  context: StoreContext,
  runs: readonly RunRecord[],
  { signal }: CallOptions,
): Promise<readonly RunParts[]> {
  const tables = new Map<string, TraceTable>();
  const facts = new Map<string, RunFacts>();
  const asked = new Set<string>();
  const missing: Missing[][] = [];
  for (const run of runs) {
    const { tableId, id } = run;
    const own: Missing[] = [];
    const table = tables.get(tableId) ?? context.cache.get("table", tableId);
    if (table !== undefined) tables.set(tableId, table);
    else if (!asked.has(tableId)) {
      asked.add(tableId);
      const take = (bytes: Uint8Array): unknown =>
        tables.set(tableId, readTable(context, run, bytes));
      own.push({ entry: run.table, take });
    }
    const known = context.cache.get("facts", id);
    if (known !== undefined) facts.set(id, known);
    else {
      const take = (bytes: Uint8Array): unknown => facts.set(id, readFacts(context, run, bytes));
      own.push({ entry: run.facts, take });
    }
    if (own.length > 0) missing.push(own);
  }
  const groups = missing.map((own) => own.map(({ entry }) => entry));
  const next = missing.values();
  for await (const { segments, error } of context.library.readSegments(groups, { signal })) {
    if (error !== undefined) throw error;
    for (const [index, { take }] of (next.next().value ?? []).entries()) {
      take(segments[index] as Uint8Array);
    }
  }
  return runs.map((run) => ({
    table: tables.get(run.tableId) as TraceTable,
    facts: facts.get(run.id) as RunFacts,
  }));
}

interface Missing {
  readonly entry: SegmentEntry;
  readonly take: (bytes: Uint8Array) => unknown;
}

function readTable(
  { library, cache }: StoreContext,
  run: RunRecord,
  bytes: Uint8Array,
): TraceTable {
  const content = tableFromParts(library.segmentCodec.decode(bytes, run.table.hash));
  if (content.rows !== run.rows) throw damagedSegment("it has other traces than its run");
  const table = new TraceTable(content, run.tableId);
  cache.put("table", run.tableId, table, table.memoryBytes);
  return table;
}

function readFacts(
  { library, cache, config }: StoreContext,
  run: RunRecord,
  bytes: Uint8Array,
): RunFacts {
  const { valueType: type, tileSize } = config;
  const facts = factsFromParts(library.segmentCodec.decode(bytes, run.facts.hash), {
    type,
    rows: run.rows,
    tileSize,
  });
  cache.put(
    "facts",
    run.id,
    facts,
    facts.latest.length * (6 + bytesPerValue(type)) + OPTIONS_BYTES * facts.options.length,
  );
  return facts;
}
