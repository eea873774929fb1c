import type { Handler } from "../handler/handler.ts";
import { handlerOfRows } from "../handler/handlers.ts";
import type { Reconciled, RowwiseOperations, SchemaPolicy } from "../handler/rowwise-operations.ts";
import type { StoredForm } from "../handler/stored-form.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { WrittenValue } from "./written-value.ts";

/** Rows that are about to join stored ones. */
export interface IncomingRows extends WrittenValue {
  readonly rowwise: RowwiseOperations<unknown>;
}

/** Stored and incoming rows brought to one form. */
export interface Joint extends Reconciled<unknown> {
  readonly handler: Handler;
  readonly rowwise: RowwiseOperations<unknown>;
  /** The form of both. */
  readonly form: StoredForm;
}

/** @throws {VersionStoreError} `invalid-argument` for an opaque value */
export function requireRows(written: WrittenValue): IncomingRows {
  const { rowwise, name } = written.handler;
  if (rowwise !== undefined) return { ...written, rowwise };
  throw new VersionStoreError(
    "invalid-argument",
    `an opaque value has no rows to add or replace, write it whole handler=${name}`,
  );
}

/**
 * Brings incoming rows and the stored form together.
 *
 * @throws {VersionStoreError} `schema-mismatch`
 */
export function joinForms(
  stored: { readonly handler: Handler; readonly form: StoredForm },
  { handler: incoming, value, rowwise }: IncomingRows,
  policy: SchemaPolicy,
): Joint {
  const handler = handlerOfRows(stored.handler, incoming);
  const reconciled = rowwise.reconcile(stored.form, value, policy);
  const { schema, lanes } = reconciled;
  return { ...reconciled, handler, rowwise, form: { schema, lanes } };
}
