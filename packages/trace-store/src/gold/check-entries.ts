import { encodeTraceId, isKeyspaceError, type TraceParams } from "@foretile/keyspace";
import { encodeLooseTraceId, isExactLooseTraceId } from "@foretile/keyspace/gold";
import { MAX_APPEND_TRACES, MAX_ID_BYTES } from "../limits.ts";
import type { EntryRejection } from "../trace-entry.ts";
import { TraceStoreError } from "../trace-store-error.ts";
import { DIGEST_BYTES } from "../trace-values.ts";
import type { GoldEntry, GoldEntryResult } from "./gold-entry.ts";

/** The most pairs of numbers of which a row's name has room: 381 characters, at least four each. */
const MAX_KEYS = 95;

const encoder = new TextEncoder();

/** An entry that can be stored, in bytes of its own. */
export interface SoundEntry {
  /** Its place among the entries. */
  readonly index: number;
  readonly params: TraceParams;
  /** Empty for a missing digest. */
  readonly value: Uint8Array;
  /** Empty to clear them; `undefined` to leave them as they are. */
  readonly options: Uint8Array | undefined;
}

export interface CheckedEntries {
  readonly sound: readonly SoundEntry[];
  /** Of those that are not sound, at their places. */
  readonly results: GoldEntryResult[];
}

/** @throws {TraceStoreError} `too-large` */
export function checkEntries(entries: Iterable<GoldEntry>): CheckedEntries {
  const sound: SoundEntry[] = [];
  const results: GoldEntryResult[] = [];
  const first = new Map<string, number>();
  let index = 0;
  for (const entry of entries) {
    if (index >= MAX_APPEND_TRACES) {
      throw new TraceStoreError("too-large", `put has too many entries limit=${MAX_APPEND_TRACES}`);
    }
    const checked = checkEntry(entry);
    if ("reason" in checked) {
      results[index] = { status: "rejected", ...checked };
    } else {
      const earlier = first.get(checked.id);
      if (earlier === undefined) {
        first.set(checked.id, index);
        sound.push({ ...checked.entry, index });
      } else results[index] = { status: "duplicate", first: earlier };
    }
    index += 1;
  }
  return { sound, results };
}

type Checked =
  | { readonly id: string; readonly entry: Omit<SoundEntry, "index"> }
  | { readonly reason: EntryRejection; readonly message: string };

function checkEntry({ params, value, options }: GoldEntry): Checked {
  let id: string;
  try {
    id = encodeTraceId(params);
  } catch (error) {
    if (!isKeyspaceError(error)) throw error;
    return { reason: "invalid-params", message: error.message };
  }
  if (id.length > MAX_ID_BYTES || Object.keys(params).length > MAX_KEYS) {
    return {
      reason: "id-too-long",
      message: `trace has too long an id length=${id.length} limit=${MAX_ID_BYTES} maxKeys=${MAX_KEYS}`,
    };
  }
  if (value !== undefined && value.length !== DIGEST_BYTES) {
    return {
      reason: "invalid-value",
      message: `digest must have 16 bytes length=${value.length}`,
    };
  }
  const text = options === undefined ? undefined : optionsText(options);
  if (text === null) {
    return {
      reason: "invalid-options",
      message: `options must be text without "=" and "%2C", at most ${MAX_ID_BYTES} bytes`,
    };
  }
  const entry = { params: { ...params }, value: Uint8Array.from(value ?? []), options: text };
  return { id, entry };
}

/** `null` for options that Gold's form does not keep. */
function optionsText(options: TraceParams): Uint8Array | null {
  const texts: readonly unknown[] = Object.values(options);
  if (texts.length === 0) return new Uint8Array();
  if (texts.some((text) => typeof text !== "string") || !isExactLooseTraceId(options)) return null;
  const bytes = encoder.encode(encodeLooseTraceId(options));
  return bytes.length > MAX_ID_BYTES ? null : bytes;
}
