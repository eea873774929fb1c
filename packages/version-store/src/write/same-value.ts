import type { CallOptions } from "@foretile/storage";
import { sameDocument, sameForm, type Content } from "../content/content.ts";
import { rowsOf } from "../content/block.ts";
import { readValue } from "../content/read-value.ts";
import { equalBytes } from "../document/content-hash.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { contentId } from "../segment/content-id.ts";
import type { Part } from "../segment/part.ts";
import type { RowRange } from "../value/row-range.ts";
import type { WrittenValue } from "./written-value.ts";

/**
 * Whether a value is exactly what is stored, bit for bit, however that was cut. Where both are cut across in the same
 * way content ids tell; otherwise the stored rows are read until the first difference.
 *
 * @throws {VersionStoreError} `data-integrity` when the stored value cannot be read
 */
export async function isSameValue(
  context: LibraryContext,
  written: WrittenValue,
  stored: Content,
  options?: CallOptions,
): Promise<boolean> {
  const { handler, lanes, schema } = written;
  const { blocks, form } = stored;
  if (handler !== stored.handler || rowsOf(blocks) !== written.rows) return false;
  if (!sameDocument(schema, form.schema)) return false;
  const sameLanes = sameForm({ schema, lanes }, form);
  let from = 0;
  for (const block of blocks) {
    const rows = { from, to: from + block.rows };
    from = rows.to;
    if (sameLanes && block.segments.length === lanes.length) {
      const isSame = block.segments.every(({ content, lane }) =>
        equalBytes(contentId(partsOf(written, lane, rows)), content),
      );
      if (!isSame) return false;
      continue;
    }
    const value = await readValue(context, stored, [block], options);
    const whole = { from: 0, to: block.rows };
    const isSame = lanes.every((document, lane) =>
      equalParts(handler.encodeLane(value, document, whole), partsOf(written, lane, rows)),
    );
    if (!isSame) return false;
  }
  return true;
}

function partsOf({ handler, lanes, value }: WrittenValue, lane: number, rows: RowRange): Part[] {
  return handler.encodeLane(value, lanes[lane] ?? null, rows);
}

function equalParts(left: readonly Part[], right: readonly Part[]): boolean {
  return left.every(({ bytes }, position) =>
    equalBytes(bytes, right[position]?.bytes ?? new Uint8Array()),
  );
}
