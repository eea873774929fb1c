import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { Content } from "../content/content.ts";
import type { Block } from "../content/block.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { BlockForm } from "./encode-segments.ts";

/** A value that is about to be stored afresh, and how it will be cut. */
export interface WrittenValue extends BlockForm {
  readonly value: unknown;
  readonly schema: DocumentValue;
  readonly rows: number;
  readonly rowsPerBlock: number;
  readonly rawBytes: number;
}

/**
 * Looks at a value that is to be stored.
 *
 * @throws {VersionStoreError} `invalid-argument` for what cannot be stored, `unsupported-capability` for a kind of value
 *   that the library is not composed for
 */
export function writtenValue(
  { composition, handlers }: LibraryContext,
  value: unknown,
): WrittenValue {
  const handler = handlers.of(value);
  if (!composition.handlers.includes(handler.name)) {
    throw new VersionStoreError(
      "unsupported-capability",
      `library is composed for other kinds of values handler=${handler.name} handlers=${composition.handlers.join(",")}`,
      { details: { handler: handler.name } },
    );
  }
  return {
    handler,
    value,
    schema: handler.schemaOf(value),
    rows: handler.rowCount(value),
    rawBytes: handler.rawBytes(value),
    ...handler.layoutOf(value, composition.targetBytes),
  };
}

/** The value as it is stored, once its blocks are. */
export function contentFrom(written: WrittenValue, blocks: readonly Block[]): Content {
  const { handler, schema, lanes, rowsPerBlock } = written;
  return { handler, form: { schema, lanes }, rowsPerBlock, blocks };
}
