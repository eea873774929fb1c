import { StorageError, type Key } from "@foretile/storage";

import type { ReadRowsResponse } from "./connection.ts";

/** A cell as it came. Its bytes lie in memory of the messages: see {@link ownedBytes} before they are handed on. */
interface ReceivedCell {
  readonly family: string;
  readonly qualifier: string;
  readonly timestampMicros: number;
  readonly value: Uint8Array;
}

/** A row as it came: families in no order, columns of a family in order, cells of a column newest first. */
export interface ReceivedRow {
  readonly key: Key;
  readonly cells: readonly ReceivedCell[];
}

/**
 * Bytes of a received cell that may be handed on: nobody else has them.
 *
 * A message's memory is its own. A value that is nearly all of it is taken over, which spares copying what is large;
 * another one is copied, lest it holds on to the rest of the message.
 */
export function ownedBytes(value: Uint8Array): Uint8Array {
  const { buffer, byteOffset, byteLength } = value;
  return byteLength * 8 > buffer.byteLength * 7
    ? new Uint8Array(buffer, byteOffset, byteLength)
    : new Uint8Array(value);
}

type Chunk = ReadRowsResponse["chunks"][number];

interface OpenCell {
  readonly family: string;
  readonly qualifier: string;
  readonly timestampMicros: number;
  readonly parts: Uint8Array[];
}

/**
 * Puts rows together from the chunks of a ReadRows stream: a row may span messages, a cell may span chunks, a chunk
 * names only what differs from the one before it, and a row that was begun may be taken back.
 */
export interface RowAssembler {
  /**
   * The rows that this message completes.
   *
   * @throws {StorageError} `unavailable`, safe to repeat, when the chunks make no sense
   */
  add(message: ReadRowsResponse): readonly ReceivedRow[];
  /**
   * At the end of the stream.
   *
   * @throws {StorageError} `unavailable`, safe to repeat, when it ended inside a row
   */
  end(): void;
}

export function createRowAssembler(): RowAssembler {
  let lastKey: string | undefined;
  let key: string | undefined;
  let cells: ReceivedCell[] = [];
  let family: string | undefined;
  let qualifier: string | undefined;
  let cell: OpenCell | undefined;

  function forget(): void {
    key = undefined;
    cells = [];
    family = undefined;
    qualifier = undefined;
    cell = undefined;
  }

  function begin(chunk: Chunk): OpenCell {
    const named = textOf(chunk.rowKey);
    if (named !== "") {
      if (key !== undefined && key !== named) throw broken("a row began inside another", key);
      if (lastKey !== undefined && named <= lastKey) throw broken("rows came out of order", named);
      key = named;
    }
    if (chunk.familyName) {
      family = chunk.familyName.value ?? "";
      qualifier = undefined;
    }
    if (chunk.qualifier) qualifier = textOf(chunk.qualifier.value);
    if (key === undefined || family === undefined || qualifier === undefined) {
      throw broken("a cell came without its name", key);
    }
    return { family, qualifier, timestampMicros: Number(chunk.timestampMicros), parts: [] };
  }

  function take(chunk: Chunk): ReceivedRow | undefined {
    if (chunk.resetRow === true) {
      forget();
      return undefined;
    }
    cell ??= begin(chunk);
    cell.parts.push(chunk.value as Uint8Array);
    // The size of the whole value stands in every chunk of it but the last.
    if ((chunk.valueSize ?? 0) > 0) return undefined;
    const { parts, ...name } = cell;
    cells.push({ ...name, value: joined(parts) });
    cell = undefined;
    if (chunk.commitRow !== true || key === undefined) return undefined;
    const row = { key: key as Key, cells };
    lastKey = key;
    forget();
    return row;
  }

  return {
    add: ({ chunks }) => chunks.flatMap((chunk) => take(chunk) ?? []),
    end: () => {
      if (key !== undefined) throw broken("the stream ended inside a row", key);
    },
  };
}

function broken(what: string, key: string | undefined): StorageError {
  return new StorageError("unavailable", `read failed, ${what} key=${key ?? "none"}`, {
    retry: "safe",
  });
}

/** Names are printable ASCII, whatever type the message gives its bytes. */
function textOf(bytes: Chunk["rowKey"]): string {
  return bytes ? Buffer.from(bytes as Uint8Array).toString("latin1") : "";
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
}
