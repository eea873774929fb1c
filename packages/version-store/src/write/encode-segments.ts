import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { Handler } from "../handler/handler.ts";
import { contentId } from "../segment/content-id.ts";
import type { SegmentCodec } from "../segment/segment-codec.ts";
import type { IndexFacts } from "../value/index-bounds.ts";
import type { RowRange } from "../value/row-range.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { rowsOfSpans, type Span } from "./spans.ts";

/** How values are cut across: by whom, into what. */
export interface BlockForm {
  readonly handler: Handler;
  readonly lanes: readonly DocumentValue[];
}

/** Content ids of a block by lane, where they are known already. */
export type KnownContents = readonly (Uint8Array | undefined)[];

/** One segment of a block, ready to be stored. */
export interface EncodedLane {
  readonly lane: number;
  readonly rows: number;
  readonly rawBytes: number;
  readonly content: Uint8Array;
  /** Of the whole block, said by lane 0. */
  readonly index: IndexFacts | undefined;
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
}

/**
 * Encodes a block lane by lane, each when it is asked for.
 *
 * @throws {VersionStoreError} `invalid-argument` for values that cannot be stored
 */
export function* encodeSegments(
  { handler, lanes }: BlockForm,
  codec: SegmentCodec,
  spans: readonly Span[],
  known: KnownContents = [],
): Generator<EncodedLane, void, undefined> {
  const { value, rows } = oneSpan(handler, spans);
  const index = handler.rowwise?.indexFacts(value, rows);
  for (const [lane, document] of lanes.entries()) {
    const parts = handler.encodeLane(value, document, rows);
    yield {
      lane,
      rows: rows.to - rows.from,
      rawBytes: parts.reduce((sum, part) => sum + part.bytes.length, 0),
      content: known[lane] ?? contentId(parts),
      index: lane === 0 ? index : undefined,
      ...codec.encode(parts),
    };
  }
}

/** The rows as one value: as they are where they are in one, else a copy. */
function oneSpan(handler: Handler, spans: readonly Span[]): { value: unknown; rows: RowRange } {
  const [first, ...others] = spans;
  if (first !== undefined && others.length === 0) return first;
  const { rowwise } = handler;
  if (rowwise === undefined) {
    throw new VersionStoreError("invalid-argument", "an opaque value cannot be put together");
  }
  const value = rowwise.concat(spans.map((span) => rowwise.slice(span.value, span.rows)));
  return { value, rows: { from: 0, to: rowsOfSpans(spans) } };
}
