import { paramSetOf } from "@foretile/keyspace";
import { goldColumn, goldTraceRow, type OrderedParamSet } from "@foretile/keyspace/gold";
import { MAX_KEY_BYTES, toKey, type Key, type RowMutation } from "@foretile/storage";
import { TraceStoreError } from "../trace-store-error.ts";
import { checkEntries, type SoundEntry } from "./check-entries.ts";
import { goldPlace, type GoldContext } from "./gold-context.ts";
import type { GoldEntry, GoldEntryResult, GoldPutOptions, GoldPutResult } from "./gold-entry.ts";
import { DIGEST_FAMILY, OPTIONS_COLUMN, OPTIONS_FAMILY } from "./gold-families.ts";
import { sendRows } from "./send-rows.ts";

interface Times {
  readonly valueMicros: number;
  readonly positionMicros: number | undefined;
}

/**
 * Writes points at one position: first what the dictionary of the tile lacks, then a row for the digest of each trace
 * and another one for its options. Repeated, it changes nothing.
 */
export async function putEntries(
  context: GoldContext,
  position: number,
  entries: Iterable<GoldEntry>,
  options: GoldPutOptions,
): Promise<GoldPutResult> {
  const { tile, offset } = goldPlace(position);
  const times = timesOf(options);
  const { sound, results } = checkEntries(entries);
  if (times.positionMicros === undefined && sound.some((entry) => entry.options !== undefined)) {
    throw new TraceStoreError("invalid-argument", "options need the time of their position");
  }
  if (sound.length > 0) {
    const params = paramSetOf(sound.map((entry) => entry.params));
    const ops = await context.dictionaries.including(tile, params, options.signal);
    const written = await writeRows(context, { tile, offset, ops, times }, sound, options.signal);
    for (const [place, { index }] of sound.entries()) {
      results[index] = written[place] ?? { status: "stored" };
    }
  }
  const stored = results.filter(({ status }) => status === "stored").length;
  return { position, tile, stored, results };
}

interface Place {
  readonly tile: number;
  readonly offset: number;
  readonly ops: OrderedParamSet;
  readonly times: Times;
}

/** @returns what became of each entry that was not stored */
async function writeRows(
  context: GoldContext,
  place: Place,
  entries: readonly SoundEntry[],
  signal: AbortSignal | undefined,
): Promise<readonly (GoldEntryResult | undefined)[]> {
  const rows = entries.map((entry) => rowsOf(place, entry));
  const failed = await sendRows(context, rows.flat(), signal);
  return rows.map((ofEntry): GoldEntryResult | undefined => {
    if (ofEntry.length === 0) {
      const message = `row of the trace has too long a name limit=${MAX_KEY_BYTES}`;
      return { status: "rejected", reason: "id-too-long", message };
    }
    const error = ofEntry.map(({ key }: { readonly key: Key }) => failed.get(key)).find(Boolean);
    return error === undefined ? undefined : { status: "failed", error };
  });
}

/** None when a name would be too long. Each cell is in one row only: Gold wrote both cells into both rows. */
function rowsOf({ tile, offset, ops, times }: Place, entry: SoundEntry): readonly RowMutation[] {
  const subkey = ops.encode(entry.params);
  const name = goldTraceRow("t", tile, subkey);
  if (name.length > MAX_KEY_BYTES) return [];
  const digest: RowMutation = {
    key: toKey(name),
    mutations: [
      {
        type: "set-cell",
        family: DIGEST_FAMILY,
        qualifier: goldColumn(offset),
        timestampMicros: times.valueMicros,
        value: entry.value,
      },
    ],
  };
  if (entry.options === undefined || times.positionMicros === undefined) return [digest];
  const options: RowMutation = {
    key: toKey(goldTraceRow("p", tile, subkey)),
    mutations: [
      {
        type: "set-cell",
        family: OPTIONS_FAMILY,
        qualifier: OPTIONS_COLUMN,
        timestampMicros: times.positionMicros,
        value: entry.options,
      },
    ],
  };
  return [digest, options];
}

function timesOf({ valueTimeMs, positionTimeMs }: GoldPutOptions): Times {
  return {
    valueMicros: micros("valueTimeMs", valueTimeMs),
    positionMicros:
      positionTimeMs === undefined ? undefined : micros("positionTimeMs", positionTimeMs),
  };
}

function micros(name: string, timeMs: number): number {
  const time = timeMs * 1000;
  if (!Number.isInteger(timeMs) || timeMs < 0 || !Number.isSafeInteger(time)) {
    throw new TraceStoreError(
      "invalid-argument",
      `time must be whole milliseconds since 1970 ${name}=${timeMs}`,
    );
  }
  return time;
}
