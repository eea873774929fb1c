import { encodeCanonical, type DocumentValue } from "@foretile/codecs/msgpack";
import type { CallOptions } from "@foretile/storage";
import { DocumentReader, isVersionStoreError, type Library } from "@foretile/version-store";
import { DEFAULT_TILE_SIZE, MAX_TILE_SIZE } from "../limits.ts";
import { SET_SYMBOLS, setOfSymbol, setSymbol } from "../tile/tile-symbol.ts";
import { TraceStoreError } from "../trace-store-error.ts";
import type { TraceSetConfig } from "../trace-store.ts";
import type { TraceValueType } from "../trace-values.ts";

const SET_HANDLER = "trace-set";

const FORMAT = 1;

const valueTypes: readonly string[] = [
  "float32",
  "float64",
  "digest",
  "bytes",
] satisfies readonly TraceValueType[];

/** What is wanted of a set; what is absent is as the set has it. */
export interface WantedSet {
  readonly set: string;
  readonly valueType?: TraceValueType | undefined;
  readonly tileSize?: number | undefined;
  /** Whether to make it when there is none; default: when a value type is given. */
  readonly create?: boolean | undefined;
}

/**
 * Reads what a set was made with; makes the set when there is none and it shall be.
 *
 * @throws {TraceStoreError} `invalid-set-name`, `invalid-argument`, `no-such-set`, `tile-size-mismatch`,
 *   `value-type-mismatch`, `format-too-new`
 */
export async function openSet(
  library: Library,
  wanted: WantedSet,
  options: CallOptions,
): Promise<TraceSetConfig> {
  checkWanted(wanted);
  const { set, valueType, create = valueType !== undefined } = wanted;
  let config = await readSet(library, set, options);
  if (config === undefined && create) config = await makeSet(library, wanted, options);
  if (config === undefined) {
    const advice = wanted.create === undefined ? "; give a value type to make it" : "";
    throw new TraceStoreError(
      "no-such-set",
      `the library has no such trace set${advice} set=${set}`,
    );
  }
  return fitting(config, wanted);
}

/**
 * The trace sets of a library, in order of their names. Goes through the records of all their tiles.
 *
 * @throws {TraceStoreError} from the iteration: `format-too-new`, `tile-damaged`
 */
export async function* listTraceSets(
  library: Library,
  { signal }: CallOptions = {},
): AsyncGenerator<TraceSetConfig, void, undefined> {
  for await (const batch of library.listSymbols({ ...SET_SYMBOLS, signal })) {
    for (const listed of batch) {
      // A damaged record says of which symbol it is only by its key; that of a tile is the tile's business.
      if (listed.symbol === undefined) continue;
      const config = await readSet(library, setOfSymbol(listed.symbol), { signal });
      if (config !== undefined) yield config;
    }
  }
}

async function readSet(
  library: Library,
  set: string,
  { signal }: CallOptions,
): Promise<TraceSetConfig | undefined> {
  try {
    const { manifest } = await library.resolve(setSymbol(set), { signal });
    return decode(set, manifest.handler, manifest.body);
  } catch (error) {
    if (isVersionStoreError(error, "no-data-found")) return undefined;
    throw error;
  }
}

async function makeSet(
  library: Library,
  { set, valueType, tileSize = DEFAULT_TILE_SIZE }: WantedSet,
  options: CallOptions,
): Promise<TraceSetConfig | undefined> {
  if (valueType === undefined) {
    throw new TraceStoreError(
      "invalid-argument",
      `a new trace set needs a value type, one of ${valueTypes.join(", ")} set=${set}`,
    );
  }
  const body = { format: FORMAT, value_type: valueType, tile_size: tileSize };
  await using transaction = await library.begin(setSymbol(set), options);
  try {
    await transaction.commit(
      () => ({
        manifest: { handler: SET_HANDLER, body, segments: [] },
        identity: encodeCanonical({ kind: "foretile trace set 1", ...body }),
        rawBytes: 0,
      }),
      { ...options, expectedVersion: 0 },
    );
  } catch (error) {
    // Somebody else made it at the same time: what they made holds.
    if (!isVersionStoreError(error, "concurrent-modification")) throw error;
  }
  return await readSet(library, set, options);
}

function decode(set: string, handler: string, body: DocumentValue): TraceSetConfig {
  if (handler !== SET_HANDLER) {
    throw new TraceStoreError(
      "tile-damaged",
      `the symbol of a trace set is something else set=${set}`,
    );
  }
  const reader = new DocumentReader(body, "trace set");
  const format = reader.integer("format", 1);
  const valueType = reader.text("value_type");
  if (format > FORMAT || !isValueType(valueType)) {
    throw new TraceStoreError(
      "format-too-new",
      `trace set was made by a newer release; upgrade @foretile/trace-store set=${set} ` +
        `format=${format} value_type=${valueType}`,
    );
  }
  return { set, valueType, tileSize: reader.integer("tile_size", 1) };
}

function fitting(config: TraceSetConfig, wanted: WantedSet): TraceSetConfig {
  const { set, valueType, tileSize } = config;
  if (wanted.tileSize !== undefined && wanted.tileSize !== tileSize) {
    throw new TraceStoreError(
      "tile-size-mismatch",
      `trace set was made with another tile size set=${set} wanted=${wanted.tileSize} found=${tileSize}`,
    );
  }
  if (wanted.valueType !== undefined && wanted.valueType !== valueType) {
    throw new TraceStoreError(
      "value-type-mismatch",
      `trace set holds values of another type set=${set} wanted=${wanted.valueType} found=${valueType}`,
    );
  }
  return config;
}

function checkWanted({ set, valueType, tileSize = DEFAULT_TILE_SIZE }: WantedSet): void {
  setSymbol(set);
  if (!Number.isInteger(tileSize) || tileSize < 1 || tileSize > MAX_TILE_SIZE) {
    throw new TraceStoreError(
      "invalid-argument",
      `tile size must be a whole number from 1 to ${MAX_TILE_SIZE} tile_size=${tileSize}`,
    );
  }
  if (valueType !== undefined && !isValueType(valueType)) {
    throw new TraceStoreError(
      "invalid-argument",
      `value type must be one of ${valueTypes.join(", ")} value_type=${String(valueType)}`,
    );
  }
}

function isValueType(text: string): text is TraceValueType {
  return valueTypes.includes(text);
}
