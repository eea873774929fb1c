import type { Clock } from "@foretile/resilience";
import { StorageError } from "@foretile/storage";

import type { BigtableTable } from "./bigtable-table.ts";
import { resolveLimits } from "./limits.ts";
import type { ProtoMutation } from "./row-mutations.ts";
import { readRow } from "./row-scan.ts";
import { createRowSender } from "./row-sender.ts";
import { MARKER_FAMILY } from "./store-layout.ts";

/** A row of its own, which no key can name. */
const CLOCK_ROW = " clock";
const CLOCK_COLUMN = "c";
/** Asks the service to set the time of the cell. */
const SERVICE_TIME = -1;

/**
 * How far the service's clock is ahead of `clock`, in milliseconds, give or take the time of one call. Writes a cell,
 * reads the time that the service gave it, and deletes it.
 */
export async function clockSkewMs(
  refs: BigtableTable,
  clock: Clock,
  signal?: AbortSignal,
): Promise<number> {
  const beforeMs = clock.nowMs();
  await change(
    refs,
    {
      setCell: {
        familyName: MARKER_FAMILY,
        columnQualifier: Buffer.from(CLOCK_COLUMN),
        timestampMicros: SERVICE_TIME,
        value: Buffer.alloc(0),
      },
    },
    signal,
  );
  const afterMs = clock.nowMs();
  try {
    const newest = (await readRow(refs, CLOCK_ROW, null, signal))?.cells[0];
    if (newest !== undefined) return newest.timestampMicros / 1_000 - (beforeMs + afterMs) / 2;
    throw new StorageError("damaged", `a cell that was written is not there at=${refs.id}`);
  } finally {
    await change(refs, { deleteFromRow: {} }, signal);
  }
}

async function change(
  refs: BigtableTable,
  mutation: ProtoMutation,
  signal: AbortSignal | undefined,
): Promise<void> {
  const sender = createRowSender(refs, resolveLimits().send);
  const [failure] = await sender.send(
    [{ key: CLOCK_ROW, mutations: [mutation], bytes: 0 }],
    signal,
  );
  if (failure !== undefined) throw failure;
}
