import { encodeTraceId, type TraceParams } from "@foretile/keyspace";
import type { TraceEntry } from "../trace-entry.ts";
import type { TraceStore } from "../trace-store.ts";
import type { TraceValueOf, TraceValueType } from "../trace-values.ts";
import { compareWithModel } from "./compare-with-model.ts";
import { assertEqual } from "./assertions.ts";
import { hex, matrixTable } from "./matrix-text.ts";
import { Sequence } from "./sequence.ts";
import { TraceModel, type ModelPoint } from "./trace-model.ts";

export interface HistoryOptions {
  readonly seed: number;
  readonly rounds: number;
  /** One set, as each of the writers opened it. */
  readonly writers: readonly TraceStore[];
}

/** A change that was told, and what it does to the model. */
interface Told {
  readonly tile: number;
  readonly version: number;
  readonly apply: (model: TraceModel) => void;
}

/** So many old versions of tiles are read again at the end. */
const VERSIONS_READ = 6;

/** Positions go from 0 to before this many tiles. */
const TILES = 3;

/**
 * Lets writers change a set at random, some changes at the same time, and compares it with a model to which the same
 * changes were done in the order of versions; at the end also what old versions hold, and
 * what a snapshot in the middle pins.
 */
export async function runHistory(options: HistoryOptions): Promise<void> {
  const { seed, rounds, writers } = options;
  const random = new Sequence(seed);
  const [first] = writers as readonly [TraceStore, ...TraceStore[]];
  const { tileSize } = first.config;
  const to = TILES * tileSize;
  const model = new TraceModel(tileSize);
  let pinned: TraceModel | undefined;
  const versions: { readonly tile: number; readonly version: number; readonly held: TraceModel }[] =
    [];
  for (let round = 0; round < rounds; round += 1) {
    const changes = writers
      .slice(0, 1 + random.below(writers.length))
      .map((traces) => drawChange(traces, random, to));
    const told = (await Promise.all(changes.map((change) => change()))).flat();
    told.sort((left, right) => left.tile - right.tile || left.version - right.version);
    for (const { tile, version, apply } of told) {
      apply(model);
      versions.push({ tile, version, held: model.copy() });
    }
    const reader = random.oneOf(writers);
    await compareWithModel(reader, model, { to, where: `seed ${seed}, round ${round}` });
    if (round === Math.floor(rounds / 2)) {
      await first.library.snapshot("middle");
      pinned = model.copy();
    }
  }
  for (let count = 0; count < VERSIONS_READ && versions.length > 0; count += 1) {
    const { tile, version, held } = random.oneOf(versions);
    const [from, end] = [tile * tileSize, (tile + 1) * tileSize];
    const block = await random.oneOf(writers).readTile(tile, { asOf: version });
    const positions = Array.from({ length: tileSize }, (_, index) => from + index);
    assertEqual(
      block === undefined
        ? new Map()
        : matrixTable(first.config.valueType, { ...block, positions }),
      held.matrix(from, end),
      `seed ${seed}, version ${version} of tile ${tile}`,
    );
  }
  if (pinned === undefined) return;
  const where = `seed ${seed}, the snapshot`;
  await compareWithModel(first, pinned, { to, asOf: "middle", where });
}

function drawChange(traces: TraceStore, random: Sequence, to: number): () => Promise<Told[]> {
  const { tileSize } = traces.config;
  const kind = random.below(20);
  const position = random.below(to);
  if (kind < 14) return drawAppend(traces, random, position);
  if (kind < 16) {
    const points = drawParams(random, 6).map((params): ModelPoint => ({
      id: encodeTraceId(params),
      position,
      text: "x",
    }));
    return async () => {
      const ids = points.map(({ id }) => id);
      const change = await traces.deletePoints(position, ids);
      return toldOf(change, (model) => model.record(points));
    };
  }
  if (kind < 18) {
    const wanted = random.oneOf(["a", "b", "c"]);
    const end = position + 1 + random.below(2 * tileSize);
    return async () => {
      const changes = await traces.deleteTraces({ kind: wanted }, { from: position, to: end });
      return changes.flatMap((change) =>
        toldOf(change, (model) =>
          model.deleteTraces(change.tile, (params) => params["kind"] === wanted, [position, end]),
        ),
      );
    };
  }
  const tile = Math.floor(position / tileSize);
  return async () => {
    await traces.compactTile(tile);
    return [];
  };
}

function drawAppend(traces: TraceStore, random: Sequence, position: number): () => Promise<Told[]> {
  const { valueType } = traces.config;
  const entries = drawParams(random, 12).map((params): TraceEntry => {
    const options = [undefined, undefined, {}, { unit: String(random.below(3)) }][random.below(4)];
    if (random.below(8) === 0) return { params, invalid: true, options };
    return { params, value: drawValue(valueType, random), options };
  });
  const points = entries.map((entry): ModelPoint => ({
    id: encodeTraceId(entry.params),
    position,
    text: textOf(entry),
    options: entry.options,
  }));
  return async () =>
    toldOf(await traces.append(position, entries), (model) => model.record(points));
}

/** A change that changed nothing came to what was there. */
function toldOf(
  {
    tile,
    version,
    changed,
  }: { readonly tile: number; readonly version: number | undefined; readonly changed: boolean },
  apply: (model: TraceModel) => void,
): Told[] {
  return version === undefined || !changed ? [] : [{ tile, version, apply }];
}

/** Params of different traces. */
function drawParams(random: Sequence, most: number): TraceParams[] {
  const drawn = new Map<string, TraceParams>();
  for (let count = 1 + random.below(most); count > 0; count -= 1) {
    const params: Record<string, string> = { kind: random.oneOf(["a", "b", "c"]) };
    if (random.below(2) === 0) params["n"] = String(random.below(5));
    if (random.below(6) === 0) params["é,="] = random.oneOf(["", "%", "\u{1f600}"]);
    drawn.set(encodeTraceId(params), params);
  }
  return [...drawn.values()];
}

function drawValue(type: TraceValueType, random: Sequence): TraceValueOf[TraceValueType] {
  const number = random.oneOf([0, -0, 1, 2.5, Infinity, random.below(1000)]);
  if (type === "float32" || type === "float64") return number;
  const length = type === "digest" ? 16 : random.below(5);
  return new Uint8Array(length).fill(random.below(4));
}

function textOf({ value }: TraceEntry): string {
  if (value === undefined) return "?";
  if (typeof value !== "number") return hex(value);
  return Object.is(value, -0) ? "-0" : String(value);
}
