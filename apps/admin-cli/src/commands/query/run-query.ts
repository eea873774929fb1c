import {
  createProgress,
  formatTable,
  formatUtc,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type Progress,
  type ProgramContext,
  type TableColumn,
} from "@foretile/app-kit";
import {
  selectRequests,
  type PublishedRequest,
  type SelectTilesOptions,
  type StepRange,
} from "@foretile/prediction-store";

import { tellDamaged } from "../../output/tell-damaged.ts";
import type { QueryOptions } from "./query-options.ts";

/** A part of an answer: what was found in one tile, in each form, or how the tile is damaged. */
export interface Told {
  readonly error?: Error | undefined;
  /** For a JSON line, behind the request and its version. */
  readonly document?: Record<string, unknown> | undefined;
  /** For CSV, behind the request and its version. */
  readonly csvRows?: Iterable<readonly (string | number)[]> | undefined;
  readonly tableRows?: Iterable<readonly string[]> | undefined;
  /** Whether a tile is done with. */
  readonly endsTile?: boolean | undefined;
}

/** One kind of query as a command. */
export interface QueryKind {
  readonly csvColumns: readonly string[];
  /** Missing where a table would be as long as the values: CSV takes its place. */
  readonly tableColumns?: readonly TableColumn[] | undefined;
  /** @param steps of the request, where the command does not choose them itself */
  ask(
    published: PublishedRequest,
    steps: StepRange,
    options: SelectTilesOptions,
  ): AsyncIterable<Told>;
}

/** CSV is written in chunks of about so many characters. */
const CHUNK_LENGTH = 65_536;

/** Asks the selected requests one after the other and prints what is found as it is found. */
export async function runQuery(
  kind: QueryKind,
  keys: readonly string[],
  options: QueryOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stderr, clock } = context;
  await using opened = await openPredictions(storeUrlOf(options, context), "read", { signal });
  using progress = createProgress(stderr, { label: "query", unit: "tiles", clock });
  const printer = createPrinter(kind, options, context, progress);
  const { label, asset, from: fromUnixSeconds, to: toUnixSeconds, relation, asOf } = options;
  const selection = {
    keys: keys.length === 0 ? undefined : keys,
    label,
    asset,
    relation,
    asOf,
    window: {
      fromUnixSeconds,
      toUnixSeconds,
    },
  };
  let tiles = 0;
  for await (const selected of selectRequests(opened.predictions, selection, { signal })) {
    if (selected.error !== undefined) {
      progress.clear();
      tellDamaged(context, selected.key ?? "a request", selected.error);
      continue;
    }
    const { published, key } = selected;
    const steps = options.whole === true ? { from: 0, to: published.shape.steps } : selected.steps;
    await printer.begin(published, steps);
    for await (const told of kind.ask(published, steps, { minerIds: options.miners, signal })) {
      if (told.endsTile !== false) tiles += 1;
      progress.update(tiles, key);
      if (told.error === undefined) {
        await printer.print(told, published);
      } else {
        progress.clear();
        tellDamaged(context, `a tile of ${key}`, told.error);
      }
    }
    await printer.end();
  }
  await printer.close();
}

interface Printer {
  begin(published: PublishedRequest, steps: StepRange): Promise<void>;
  print(told: Told, published: PublishedRequest): Promise<void>;
  end(): Promise<void>;
  close(): Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();

function createPrinter(
  kind: QueryKind,
  options: QueryOptions,
  context: ProgramContext,
  progress: Progress,
): Printer {
  const write = async (text: string): Promise<void> => {
    progress.clear();
    await writeText(context.stdout, text);
  };
  if (options.json === true) return jsonPrinter(context);
  const { tableColumns } = kind;
  return options.csv === true || tableColumns === undefined
    ? csvPrinter(kind.csvColumns, write)
    : tablePrinter(tableColumns, write);
}

function jsonPrinter({ stdout }: ProgramContext): Printer {
  const print: Printer["print"] = async ({ document }, { key, version, versionHash }) => {
    if (document === undefined) return;
    await writeJsonLine(stdout, { request: key, version, version_hash: versionHash, ...document });
  };
  return { begin: nothing, print, end: nothing, close: nothing };
}

function csvPrinter(columns: readonly string[], write: (text: string) => Promise<void>): Printer {
  let chunk = `${["request", "version", ...columns].join(",")}\n`;
  const flush = async (): Promise<void> => {
    const text = chunk;
    chunk = "";
    if (text !== "") await write(text);
  };
  const print: Printer["print"] = async ({ csvRows = [] }, { key, version }) => {
    for (const row of csvRows) {
      chunk += `${csvCell(key)},${[version, ...row].join(",")}\n`;
      if (chunk.length >= CHUNK_LENGTH) await flush();
    }
  };
  return { begin: nothing, print, end: flush, close: flush };
}

/** A label or an asset may hold a comma or a quotation mark. */
function csvCell(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function tablePrinter(
  columns: readonly TableColumn[],
  write: (text: string) => Promise<void>,
): Printer {
  let rows: (readonly string[])[] = [];
  let title = "";
  let requests = 0;
  return {
    begin: (published, steps) => {
      rows = [];
      title = heading(published, steps);
      requests += 1;
      return nothing();
    },
    print: ({ tableRows = [] }) => {
      for (const row of tableRows) rows.push(row);
      return nothing();
    },
    end: async () => {
      const table = rows.length === 0 ? "nothing found\n" : formatTable(columns, rows);
      await write(`${requests === 1 ? "" : "\n"}${title}\n${table}`);
    },
    close: () => (requests === 0 ? write("no requests\n") : nothing()),
  };
}

/** `low/BTC#1512475200 version 1, steps 0:13, 2017-12-05T12:00:00Z to 2017-12-05T13:00:00Z`. */
function heading({ key, version, request }: PublishedRequest, { from, to }: StepRange): string {
  const momentOf = (step: number): string =>
    formatUtc(request.startUnixSeconds + step * request.timeIncrementSeconds);
  return `${key} version ${version}, steps ${from}:${to}, ${momentOf(from)} to ${momentOf(to - 1)}`;
}
