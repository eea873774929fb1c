import type { CallOptions } from "@foretile/storage";
import type { RequestAddress, RequestId } from "../records/request.ts";
import { recordInRow } from "./request-rows.ts";
import type { RowContext } from "./row-context.ts";
import { minerQualifier, requestIdOf, requestRowKey } from "./row-keys.ts";

/** Which of these requests have a prediction that is alive and has no score. */
export async function partlyScored(
  context: RowContext,
  requests: readonly RequestAddress[],
  options?: CallOptions,
): Promise<ReadonlySet<RequestId>> {
  const partly = new Set<RequestId>();
  if (requests.length === 0) return partly;
  const keys = requests.map(requestRowKey);
  const families = ["request", "predictions", "scores"] as const;
  const rows = await context.table.readKeys(keys, families, { signal: options?.signal });
  for (const row of rows.values()) {
    const record = recordInRow(context, row);
    if (record === undefined) continue;
    const scored = new Set(
      row.cells.filter(({ family }) => family === "scores").map(({ qualifier }) => qualifier),
    );
    const isPartly = record.predictions.some(
      ({ minerId, deleted }) => deleted === undefined && !scored.has(minerQualifier(minerId)),
    );
    if (isPartly) partly.add(requestIdOf(record.facts));
  }
  return partly;
}
