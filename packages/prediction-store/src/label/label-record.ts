import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CallOptions } from "@foretile/storage";
import type { Library } from "@foretile/version-store";
import { PredictionStoreError } from "../prediction-store-error.ts";
import { readRecord, writeRecord, type RecordResult } from "../record/record.ts";
import type { LabelConfig } from "./label-config.ts";
import { labelDocument, parseLabelConfig } from "./label-document.ts";

/** The symbol whose versions are the states of the label configuration, and the handler of its record. */
export const LABELS_SYMBOL = "labels";

/** The labels of a store in the order they were written; none before the first time. */
export async function readLabels(
  library: Library,
  options?: CallOptions,
): Promise<readonly LabelConfig[]> {
  const record = await readRecord(library, LABELS_SYMBOL, LABELS_SYMBOL, options);
  return record === undefined
    ? []
    : record.reader.list("labels").map((value) => parseLabelConfig(value));
}

/**
 * Writes the whole label configuration as its next version.
 *
 * @throws {PredictionStoreError} `invalid-label` when a label breaks a rule or two have one name
 */
export async function writeLabels(
  library: Library,
  labels: readonly LabelConfig[],
  options?: CallOptions,
): Promise<RecordResult> {
  const documents = labels.map((label): DocumentValue =>
    labelDocument(parseLabelConfig(labelDocument(label))),
  );
  const names = labels.map(({ label }) => label);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new PredictionStoreError("invalid-label", `two labels have one name label=${twice}`);
  }
  return writeRecord(library, LABELS_SYMBOL, LABELS_SYMBOL, { labels: documents }, options);
}
