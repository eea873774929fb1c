import type { KeyRange } from "@foretile/storage";

import type { BigtableTable } from "./bigtable-table.ts";
import type { ReadRowsRequest } from "./connection.ts";
import { translateError } from "./errors.ts";
import { createRowAssembler, type ReceivedRow } from "./row-assembler.ts";

/** What to read of a table. */
export interface ScanRequest {
  /** Disjoint, none empty, in key order. Without any, nothing is read. */
  readonly ranges: readonly KeyRange[];
  readonly filter?: ReadRowsRequest["filter"];
  /** The most rows, ≥ 1. */
  readonly limit?: number | undefined;
}

const MAX_INT32 = 2 ** 31 - 1;
/** The service takes requests of up to 512 KiB. */
const MAX_REQUEST_BYTES = 256 * 1024;
/** What a range takes beside its keys, at most. */
const RANGE_BYTES = 16;

/**
 * The rows of one ReadRows call, or of several when the ranges are too many for one, in key order. The service sends as
 * fast as they are taken: between them stand at most the flow-control window and the few messages that the client has
 * decoded.
 *
 * @throws {StorageError} from the iteration
 */
export async function* scanRows(
  table: BigtableTable,
  request: ScanRequest,
  signal?: AbortSignal,
): AsyncGenerator<ReceivedRow, void, undefined> {
  const { limit = Number.POSITIVE_INFINITY } = request;
  let given = 0;
  // To the service, no ranges mean all rows; here they mean no call.
  for (const ranges of requestParts(request.ranges)) {
    if (given === limit) return;
    const part = { ...request, ranges, limit: limit - given };
    for await (const row of scanPart(table, part, signal)) {
      yield row;
      given += 1;
    }
  }
}

async function* scanPart(
  table: BigtableTable,
  { ranges, filter, limit }: ScanRequest & { readonly limit: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<ReceivedRow, void, undefined> {
  const assembler = createRowAssembler();
  let given = 0;
  try {
    const messages = table.connection.readRows(
      {
        ...table.address,
        rows: { rowRanges: ranges.map(rowRange) },
        filter: filter ?? null,
        // A limit beyond 32 bits is kept by counting.
        rowsLimit: limit > MAX_INT32 ? 0 : limit,
      },
      signal,
    );
    for await (const message of messages) {
      for (const row of assembler.add(message)) {
        // The service keeps the limit; ending the call before it does would cost more than its last message.
        if (given < limit) yield row;
        given += 1;
      }
    }
    assembler.end();
  } catch (error) {
    throw translateError(error, "reading", table.id);
  }
}

function* requestParts(ranges: readonly KeyRange[]): Generator<readonly KeyRange[]> {
  let part: KeyRange[] = [];
  let bytes = 0;
  for (const range of ranges) {
    const size = (range.gte?.length ?? 0) + (range.lt?.length ?? 0) + RANGE_BYTES;
    if (part.length > 0 && bytes + size > MAX_REQUEST_BYTES) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(range);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

/** One row, or `undefined` when it has no cells that pass. */
export async function readRow(
  table: BigtableTable,
  key: string,
  filter: ReadRowsRequest["filter"],
  signal?: AbortSignal,
): Promise<ReceivedRow | undefined> {
  let found: ReceivedRow | undefined;
  // Read to the end: only then has the service said that this was all.
  for await (const row of scanRows(table, { ranges: [onlyKey(key)], filter, limit: 1 }, signal)) {
    found = row;
  }
  return found;
}

/** "!" is the lowest character of a key. */
function onlyKey(key: string): KeyRange {
  return { gte: key, lt: `${key}!` };
}

function rowRange({ gte, lt }: KeyRange): object {
  return {
    ...(gte === undefined ? {} : { startKeyClosed: Buffer.from(gte, "latin1") }),
    ...(lt === undefined ? {} : { endKeyOpen: Buffer.from(lt, "latin1") }),
  };
}
