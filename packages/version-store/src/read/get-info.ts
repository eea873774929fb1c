import { readSummary, type ContentSummary } from "../content/content.ts";
import { readArrayForm } from "../handler/array-form.ts";
import { readFrameSchema, type ColumnSchema, type IndexSchema } from "../handler/frame-form.ts";
import type { Handlers } from "../handler/handlers.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { readManifestRoot, tailSegments } from "../manifest/read-manifest.ts";
import type { ManifestRoot } from "../manifest/stored-manifest.ts";
import type { NumericType } from "../value/element-type.ts";
import type { IndexFacts } from "../value/index-bounds.ts";
import { resolveRecord, type ResolveOptions } from "../version/resolve-version.ts";
import { isVersionStoreError, VersionStoreError } from "../version-store-error.ts";
import { factsOfVersion, type VersionFacts } from "./version-facts.ts";

/** What a value looks like. */
export type ValueStructure =
  | {
      readonly kind: "frame";
      /** `undefined` for a frame without one. */
      readonly index: IndexSchema | undefined;
      readonly columns: readonly ColumnSchema[];
      /** Rows of a full block. */
      readonly rowsPerBlock: number;
    }
  | {
      readonly kind: "array";
      readonly type: NumericType;
      readonly shape: readonly number[];
      /** Chunk length per axis by which it is stored. */
      readonly grid: readonly number[];
    }
  | { readonly kind: "value" };

/** What is known of a version without reading its value. */
export interface VersionInfo extends VersionFacts {
  /** Who understands the value: `frame`, `array`, `value`, or the name of a handler that this build does not have. */
  readonly handler: string;
  /** `undefined` when this build does not have the handler. */
  readonly structure: ValueStructure | undefined;
  readonly segments: number;
  /** Bytes before encoding. */
  readonly rawBytes: number;
  /** Bytes of all segments. */
  readonly storedBytes: number;
  /** `undefined` without an index or rows. */
  readonly index: IndexFacts | undefined;
  /** 32 bytes; equal for equal content that was cut in the same way. */
  readonly contentHash: Uint8Array;
  readonly user: string | undefined;
  readonly message: string | undefined;
}

/**
 * Describes a version from its documents; no segment is read.
 *
 * @throws {VersionStoreError} `no-data-found`, `no-such-snapshot`, `data-integrity`, `format-too-new`
 */
export async function getInfo(
  context: LibraryContext,
  symbol: string,
  options: ResolveOptions = {},
): Promise<VersionInfo> {
  const record = await resolveRecord(context, symbol, options);
  const { stored, rawBytes, storedBytes, contentHash, user, message } = record;
  if (stored === undefined) {
    throw new VersionStoreError("no-data-found", `version has no value symbol=${symbol}`);
  }
  const root = await readManifestRoot(context, stored, options);
  const summary = summaryOf(context.handlers, root);
  const inPages = root.pages.reduce((sum, { count }) => sum + count, 0);
  return {
    ...factsOfVersion(record),
    handler: root.handler,
    structure: summary && structureOf(root.handler, summary),
    segments: inPages + tailSegments(root).length,
    rawBytes,
    storedBytes,
    contentHash,
    user,
    message,
    index: summary?.index,
  };
}

function summaryOf(
  handlers: Handlers,
  { handler, body }: ManifestRoot,
): ContentSummary | undefined {
  try {
    return readSummary(handlers.named(handler), body);
  } catch (error) {
    if (isVersionStoreError(error, "unsupported-capability")) return undefined;
    throw error;
  }
}

function structureOf(
  handler: string,
  { form, rowsPerBlock, rows }: ContentSummary,
): ValueStructure {
  if (handler === "frame") {
    return { kind: "frame", ...readFrameSchema(form.schema), rowsPerBlock };
  }
  if (handler !== "array") return { kind: "value" };
  const { schema, tiles } = readArrayForm(form);
  return {
    kind: "array",
    type: schema.type,
    shape: [rows, ...schema.axes],
    grid: [rowsPerBlock, ...(tiles[0]?.shape ?? [])],
  };
}
