import { encodeCanonical, type DocumentValue } from "@foretile/codecs/msgpack";
import type { NewContent } from "../commit/version-content.ts";
import { equalBytes } from "../document/content-hash.ts";
import { DocumentReader } from "../document/document-reader.ts";
import type { Handlers } from "../handler/handlers.ts";
import type { Handler } from "../handler/handler.ts";
import type { StoredForm } from "../handler/stored-form.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { CONTENT_ID_BYTES } from "../segment/content-id.ts";
import type { IndexFacts } from "../value/index-bounds.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { blocksOf, rawBytesOf, rowsOf, type Block } from "./block.ts";
import { joinIndexFacts } from "./join-index-facts.ts";
import { readIndexFacts, writeIndexFacts } from "./segment-facts.ts";

/** A typed value as a version stores it: its form and its blocks in row order. */
export interface Content {
  readonly handler: Handler;
  readonly form: StoredForm;
  /** How many rows a full block has, as decided when the value was written first. */
  readonly rowsPerBlock: number;
  readonly blocks: readonly Block[];
}

/** What a manifest's body says without its segments. */
export interface ContentSummary {
  readonly form: StoredForm;
  readonly rowsPerBlock: number;
  readonly rows: number;
  /** `undefined` without an index or rows. */
  readonly index: IndexFacts | undefined;
}

/**
 * Reads the body of a typed value's manifest.
 *
 * @throws {VersionStoreError} `data-integrity`
 */
export function readSummary(handler: Handler, body: DocumentValue): ContentSummary {
  const reader = new DocumentReader(body, "typed value");
  const form: StoredForm = { schema: reader.value("schema"), lanes: reader.list("lanes") };
  handler.checkForm(form);
  return {
    form,
    rowsPerBlock: reader.integer("rows_per_block", 1),
    rows: reader.integer("rows"),
    index: readIndexFacts(reader),
  };
}

/**
 * Reads a manifest as a typed value.
 *
 * @throws {VersionStoreError} `data-integrity` when it contradicts itself; `unsupported-capability` when it holds
 *   something else than a typed value
 */
export function contentOf(
  handlers: Handlers,
  { handler: name, body, segments }: Manifest,
): Content {
  const handler = handlers.named(name);
  const { form, rowsPerBlock, rows } = readSummary(handler, body);
  const blocks = blocksOf(segments);
  const fitsLanes = blocks.every((block) => (block.segments.at(-1)?.lane ?? 0) < form.lanes.length);
  if (rowsOf(blocks) !== rows || !fitsLanes) {
    throw new VersionStoreError(
      "data-integrity",
      `segments do not make up the value rows=${rows} found=${rowsOf(blocks)}`,
      { details: { rows, found: rowsOf(blocks) } },
    );
  }
  return { handler, form, rowsPerBlock, blocks };
}

/** What a version of this content is made of. */
export function toNewContent(
  content: Content,
): Pick<NewContent, "manifest" | "identity" | "rawBytes" | "rows"> {
  const { handler, form, rowsPerBlock, blocks } = content;
  const rows = rowsOf(blocks);
  const index = blocks.reduce<IndexFacts | undefined>(
    (facts, block) => joinIndexFacts(facts, block.index),
    undefined,
  );
  return {
    manifest: {
      handler: handler.name,
      body: {
        schema: form.schema,
        lanes: form.lanes,
        rows,
        rows_per_block: rowsPerBlock,
        index: writeIndexFacts(index),
      },
      segments: blocks.flatMap(({ segments }) => segments.map(({ entry }) => entry)),
    },
    identity: identityOf(content),
    rawBytes: blocks.reduce((sum, block) => sum + rawBytesOf(block), 0),
    rows: handler.rowwise && rows,
  };
}

/**
 * What a typed value is, whatever codecs and keys hold it: the canonical encoding of its handler, its form, and of each
 * segment the lane and the content id, in order.
 *
 * Equal identities mean equal values. The reverse does not hold: the same rows in other blocks, or with a column in
 * another lane, have another identity. Whoever must know compares the rows.
 */
function identityOf({ handler, form, blocks }: Content): Uint8Array {
  const segments = blocks.flatMap((block) => block.segments);
  const contents = new Uint8Array(segments.length * CONTENT_ID_BYTES);
  for (const [position, { content }] of segments.entries()) {
    contents.set(content, position * CONTENT_ID_BYTES);
  }
  return encodeCanonical({
    handler: handler.name,
    schema: form.schema,
    lanes: form.lanes,
    segment_lanes: segments.map(({ lane }) => lane),
    contents,
  });
}

/** Whether values of the two forms can share segments and be compared block by block. */
export function sameForm(left: StoredForm, right: StoredForm): boolean {
  return left === right || sameDocument(formDocument(left), formDocument(right));
}

export function sameDocument(left: DocumentValue, right: DocumentValue): boolean {
  return equalBytes(encodeCanonical(left), encodeCanonical(right));
}

function formDocument({ schema, lanes }: StoredForm): DocumentValue {
  return [schema, lanes];
}
