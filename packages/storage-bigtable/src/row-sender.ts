import { StorageError } from "@foretile/storage";

import type { BigtableTable } from "./bigtable-table.ts";
import type { MutateRowsResponse } from "./connection.ts";
import { abortedError, rowError, translateError } from "./errors.ts";
import type { SendLimits } from "./limits.ts";
import type { ProtoMutation } from "./row-mutations.ts";

/** A row to change. */
export interface OutgoingRow {
  readonly key: string;
  /** At least one. */
  readonly mutations: readonly ProtoMutation[];
  /** What its values weigh. */
  readonly bytes: number;
}

/** What became of a row: nothing when the service confirmed it. */
type RowFailure = StorageError | undefined;

/** Sends rows to one table, many in one MutateRows call and a few calls at once. */
export interface RowSender {
  /**
   * Resolves when it is known of every row what became of it, in the order given.
   *
   * @throws {StorageError} `aborted`, after which any of the rows may still be written
   */
  send(rows: readonly OutgoingRow[], signal?: AbortSignal): Promise<readonly RowFailure[]>;
}

/** A row on its way. Without a status it has failed. */
interface WaitingRow {
  readonly row: OutgoingRow;
  readonly weight: number;
  confirmed: boolean;
  failure: RowFailure;
  /** The call it travels in. */
  call: RunningCall | undefined;
  settle: () => void;
}

interface RunningCall {
  readonly controller: AbortController;
  /** Rows that somebody waits for. */
  awaited: number;
}

/** What a mutation weighs beside its value, roughly: its names and lengths. */
const MUTATION_BYTES = 200;
/** The service takes 100 000 mutations in a call. */
const MAX_MUTATIONS = 50_000;

/** Rows that come while calls are under way travel together in the next one. */
export function createRowSender(table: BigtableTable, limits: SendLimits): RowSender {
  const queue = new Set<WaitingRow>();
  let callsUnderWay = 0;
  let bytesUnderWay = 0;
  let pumping = false;

  function pump(): void {
    while (queue.size > 0 && callsUnderWay < limits.calls) {
      const { rows, bytes } = nextCall();
      if (callsUnderWay > 0 && bytesUnderWay + bytes > limits.bytes) return;
      for (const row of rows) queue.delete(row);
      void call(rows, bytes);
    }
  }

  /** The rows at the head of the queue that fit into one call. */
  function nextCall(): { readonly rows: readonly WaitingRow[]; readonly bytes: number } {
    const rows: WaitingRow[] = [];
    let bytes = 0;
    let mutations = 0;
    for (const waiting of queue) {
      mutations += waiting.row.mutations.length;
      const fits = bytes + waiting.weight <= limits.callBytes && mutations <= MAX_MUTATIONS;
      if (rows.length > 0 && !fits) break;
      rows.push(waiting);
      bytes += waiting.weight;
    }
    return { rows, bytes };
  }

  async function call(rows: readonly WaitingRow[], bytes: number): Promise<void> {
    callsUnderWay += 1;
    bytesUnderWay += bytes;
    const running: RunningCall = { controller: new AbortController(), awaited: rows.length };
    for (const waiting of rows) waiting.call = running;
    const failure = await mutate(rows, running.controller.signal);
    callsUnderWay -= 1;
    bytesUnderWay -= bytes;
    for (const waiting of rows) {
      if (!waiting.confirmed) waiting.failure ??= failure;
      waiting.settle();
    }
    pump();
  }

  /** @returns what the rows without a status failed with */
  async function mutate(rows: readonly WaitingRow[], signal: AbortSignal): Promise<StorageError> {
    try {
      const entries = rows.map(({ row }) => ({
        rowKey: Buffer.from(row.key, "latin1"),
        mutations: [...row.mutations],
      }));
      const messages = table.connection.mutateRows({ ...table.address, entries }, signal);
      for await (const message of messages) note(rows, message);
      return new StorageError("unavailable", `no status came for a row at=${table.id}`, {
        retry: "unknown-outcome",
      });
    } catch (error) {
      return translateError(error, "writing", table.id);
    }
  }

  function note(rows: readonly WaitingRow[], message: MutateRowsResponse): void {
    for (const { index, status } of message.entries) {
      const waiting = rows[Number(index)];
      // An entry that names no row or has no status says nothing.
      if (waiting === undefined || !status) continue;
      const code = status.code ?? 0;
      if (code === 0) {
        waiting.confirmed = true;
      } else {
        waiting.failure ??= rowError(code, status.message ?? "", table.id);
      }
    }
  }

  function leave(waiting: WaitingRow): void {
    queue.delete(waiting);
    if (waiting.call === undefined) return;
    waiting.call.awaited -= 1;
    if (waiting.call.awaited === 0) waiting.call.controller.abort();
  }

  return {
    send: (rows, signal) =>
      new Promise((resolve, reject) => {
        let open = rows.length;
        const settle = (): void => {
          open -= 1;
          if (open > 0) return;
          signal?.removeEventListener("abort", abort);
          resolve(group.map(({ failure }) => failure));
        };
        const group = rows.map((row): WaitingRow => ({
          row,
          weight: row.bytes + MUTATION_BYTES * row.mutations.length,
          confirmed: false,
          failure: undefined,
          call: undefined,
          settle,
        }));
        const abort = (): void => {
          for (const waiting of group) leave(waiting);
          reject(abortedError(signal));
        };
        if (open === 0) return resolve([]);
        signal?.addEventListener("abort", abort, { once: true });
        for (const waiting of group) queue.add(waiting);
        if (pumping) return;
        pumping = true;
        // After the other calls of this moment have queued their rows.
        queueMicrotask(() => {
          pumping = false;
          pump();
        });
      }),
  };
}
