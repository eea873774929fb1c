import type { Random } from "@foretile/resilience";
import { createSeededRandom } from "@foretile/testkit";
import {
  isVersionStoreError,
  type AsOf,
  type CommitResult,
  type Library,
  type VersionContent,
} from "@foretile/version-store";

import { frameOf } from "./frame-rows.ts";
import { makeCommit, tellOutcome, type NamedCommit } from "./named-commit.ts";
import { contentOf, seedOf, segmentName, segmentsOf } from "./named-segments.ts";
import {
  FLEETING_SYMBOLS,
  FRAME_SYMBOLS,
  LOG_SYMBOL,
  ownSymbol,
  SHARED_SYMBOLS,
  wideSymbol,
} from "./storm-symbols.ts";

const KIB = 1024;
const LARGEST_BYTES = 2 * KIB * KIB;

/** What one writer does, action by action: all of it follows from its name, its life and the action's number. */
export class WriterActions {
  readonly #library: Library;
  readonly #writer: string;
  readonly #life: string;

  /** @param life no two processes of a storm have the same */
  constructor(library: Library, writer: string, life: string) {
    this.#library = library;
    this.#writer = writer;
    this.#life = life;
  }

  async perform(number: number): Promise<void> {
    const name = `${this.#life}.${number}`;
    const random = createSeededRandom(seedOf(name));
    const act = ACTIONS[below(random, ACTIONS.length)] ?? appendOne;
    await act({ library: this.#library, writer: this.#writer, name, random });
  }
}

interface Action {
  readonly library: Library;
  readonly writer: string;
  /** Starts the names of all commits of the action. */
  readonly name: string;
  readonly random: Random;
}

/** Each as often as it is listed. */
const ACTIONS = [
  appendOne,
  appendOne,
  appendOne,
  appendTogether,
  logTogether,
  logTogether,
  appendFrames,
  appendFrames,
  stageFrames,
  writeFleeting,
  writeFleeting,
  restoreOwn,
  restoreOwn,
  writeOwn,
  writeOwn,
  reviseOwn,
  relabelOwn,
  deleteOwn,
  widen,
  widen,
  writeSlowly,
] as const;

async function appendOne({ library, name, random }: Action): Promise<void> {
  await makeCommit(library, append(`${name}.0`, oneOf(SHARED_SYMBOLS, random), random));
}

/** Commits of one process to one symbol share changes of its head. */
async function appendTogether({ library, name, random }: Action): Promise<void> {
  const symbol = oneOf(SHARED_SYMBOLS, random);
  const commits = Array.from({ length: 2 + below(random, 5) }, (_, index) =>
    append(`${name}.${index}`, symbol, random),
  );
  await Promise.all(commits.map((commit) => makeCommit(library, commit)));
}

function append(name: string, symbol: string, random: Random): NamedCommit {
  return {
    name,
    symbol,
    segments: segmentNames(name, 1 + below(random, 8), () => 1 + below(random, 200)),
    build: async (base, own) => contentOf([...(await segmentsOf(base)), ...own]),
  };
}

/** A long history of small versions. */
async function logTogether({ library, name, random }: Action): Promise<void> {
  const commits = Array.from({ length: 1 + below(random, 10) }, (_, index): NamedCommit => {
    const commit = `${name}.${index}`;
    return {
      name: commit,
      symbol: LOG_SYMBOL,
      segments: segmentNames(commit, 1, () => 1 + below(random, 100)),
      build: (_base, own) => contentOf(own),
    };
  });
  await Promise.all(commits.map((commit) => makeCommit(library, commit)));
}

/** Small appends merge their rows with those at the end of the stored frame. */
async function appendFrames({ library, name, random }: Action): Promise<void> {
  const symbol = oneOf(FRAME_SYMBOLS, random);
  const appends = Array.from({ length: 1 + below(random, 3) }, (_, index) => {
    const commit = `${name}.${index}`;
    const rows = frameOf(segmentNames(commit, 1 + below(random, 20), () => 0));
    return tellOutcome(commit, symbol, () => library.append(symbol, rows, { message: commit }));
  });
  await Promise.all(appends);
}

/** Stores rows in two parts first, each with a transaction of its own, and then makes one version of both. */
async function stageFrames({ library, name, random }: Action): Promise<void> {
  const symbol = oneOf(FRAME_SYMBOLS, random);
  const commit = `${name}.0`;
  const names = segmentNames(commit, 2 + below(random, 20), () => 0);
  const middle = 1 + below(random, names.length - 1);
  await tellOutcome(commit, symbol, async () => {
    const parts = [names.slice(0, middle), names.slice(middle)];
    const tokens = await Promise.all(parts.map((part) => library.stage(symbol, frameOf(part))));
    return library.finalize(symbol, tokens, { mode: "append", message: commit });
  });
}

async function writeFleeting({ library, name, random }: Action): Promise<void> {
  await makeCommit(library, write(`${name}.0`, oneOf(FLEETING_SYMBOLS, random), random));
}

async function writeOwn({ library, writer, name, random }: Action): Promise<void> {
  await makeCommit(library, write(`${name}.0`, ownSymbol(writer), random));
}

function write(name: string, symbol: string, random: Random): NamedCommit {
  const largest = below(random, 12) === 0 ? LARGEST_BYTES : 64 * KIB;
  const length = (): number => Math.floor(largest ** (random.nextUint32() / 2 ** 32));
  return {
    name,
    symbol,
    segments: segmentNames(name, 1 + below(random, 4), length),
    build: (_base, own) => contentOf(own),
  };
}

/** Keeps some segments of the version before, so that versions share them without being equal. */
async function reviseOwn({ library, writer, name, random }: Action): Promise<void> {
  const commit = `${name}.0`;
  await makeCommit(library, {
    name: commit,
    symbol: ownSymbol(writer),
    segments: segmentNames(commit, 1, () => 1 + below(random, 5000)),
    build: async (base, own) => contentOf([...(await segmentsOf(base)).slice(-5), ...own]),
  });
}

/** The same content with other metadata. */
async function relabelOwn({ library, writer, name }: Action): Promise<void> {
  const commit = `${name}.0`;
  await makeCommit(library, {
    name: commit,
    symbol: ownSymbol(writer),
    segments: [],
    build: async (base): Promise<VersionContent> => {
      const record = await base.record();
      if (record === undefined) return contentOf([]);
      return { sharedWith: record, operation: "metadata", metadata: commit };
    },
  });
}

/** Takes back a version that is listed, or that a snapshot pins; both may be removed meanwhile. */
async function restoreOwn({ library, writer, name, random }: Action): Promise<void> {
  const symbol = ownSymbol(writer);
  const choice: AsOf[] = [];
  for await (const batch of library.listVersions(symbol)) {
    choice.push(...batch.flatMap(({ version, deleted }) => (deleted ? [] : [version])));
    choice.push(...batch.flatMap(({ snapshots }) => snapshots.map((snapshot) => ({ snapshot }))));
  }
  const [first, ...others] = choice;
  if (first === undefined) return;
  const asOf = oneOf([first, ...others], random);
  const commit = `${name}.0`;
  const restore = (): Promise<CommitResult> =>
    library.restoreVersion(symbol, asOf, { message: commit });
  await tellOutcome(commit, symbol, restore, ["no-data-found", "no-such-snapshot"]);
}

async function deleteOwn({ library, writer, name }: Action): Promise<void> {
  await makeCommit(library, {
    name: `${name}.0`,
    symbol: ownSymbol(writer),
    segments: [],
    build: () => ({ operation: "delete" }),
  });
}

/** Appends to a wide symbol; makes it when it is not there, and anew when it grew too wide. */
async function widen({ library, writer, name, random }: Action): Promise<void> {
  const commit = `${name}.0`;
  const symbol = wideSymbol(writer);
  const width = await widthOf(library, symbol);
  const anew = width === 0 || width > 3000;
  const count = anew ? 900 + below(random, 600) : 1 + below(random, 300);
  await makeCommit(library, {
    name: commit,
    symbol,
    segments: segmentNames(commit, count, () => 1 + below(random, 3)),
    build: async (base, own) => contentOf(anew ? own : [...(await segmentsOf(base)), ...own]),
  });
}

async function widthOf(library: Library, symbol: string): Promise<number> {
  try {
    return (await library.resolve(symbol)).manifest.segments.length;
  } catch (error) {
    if (isVersionStoreError(error, "no-data-found")) return 0;
    throw error;
  }
}

/** A transaction that is open while others of the same process come and go. */
async function writeSlowly({ library, writer, name, random }: Action): Promise<void> {
  await makeCommit(library, {
    ...write(`${name}.1`, ownSymbol(writer), random),
    meanwhile: async () => {
      await makeCommit(library, append(`${name}.0`, oneOf(SHARED_SYMBOLS, random), random));
    },
  });
}

function oneOf<T>(choice: readonly [T, ...T[]], random: Random): T {
  return choice[below(random, choice.length)] ?? choice[0];
}

function segmentNames(commit: string, count: number, length: () => number): string[] {
  return Array.from({ length: count }, (_, index) => segmentName(commit, index, length()));
}

function below(random: Random, bound: number): number {
  return random.nextUint32() % bound;
}
