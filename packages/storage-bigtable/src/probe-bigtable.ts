import type { Clock } from "@foretile/resilience";
import { systemClock } from "@foretile/resilience/system";
import { isStorageError, type ProbeFinding } from "@foretile/storage";

import { answerInTime } from "./answer-in-time.ts";
import { placeNames } from "./bigtable-place.ts";
import type { BigtableTable } from "./bigtable-table.ts";
import { checkReadable } from "./check-readable.ts";
import { clockSkewMs } from "./clock-skew.ts";
import type { Table } from "./connection.ts";
import { isRefusal } from "./errors.ts";
import { describeRule, garbageRule, isForeignRule, sameRule } from "./garbage-rules.ts";
import {
  readTable,
  wantedRowTables,
  type BigtableProvisionOptions,
} from "./plan-bigtable-provision.ts";
import { createRowSender } from "./row-sender.ts";
import { resolveLimits } from "./limits.ts";
import { endpointOf } from "./service-clients.ts";
import { checkConditionalWrites, checkMarker } from "./store-marker.ts";
import { storeTables, type WantedTable } from "./store-tables.ts";
import { withTables } from "./with-tables.ts";

export interface BigtableProbeOptions extends BigtableProvisionOptions {
  /** What the caller means to do. Default `write`, which tries writes that change nothing. */
  readonly mode?: "read" | "write" | undefined;
  /** Compared with the service's, and ends what is not answered. Default: the machine's clock. */
  readonly clock?: Clock | undefined;
}

/** What came of a try that was answered; with a remedy it is not as it should be. */
interface Found {
  readonly found: string;
  readonly remedy?: string | undefined;
}

/** Rules and retries bear more; a clock that is this far off is a clock that nobody sets. */
const MAX_SKEW_MS = 5_000;
const PROVISION = "provision the place, which needs roles/bigtable.admin";

/**
 * Tries at a place what a store there needs, one thing after the other: each table is read, its families and rules are
 * compared, the marker is read; for writing, each table is written without changing it, a conditional write is made that
 * never applies, and the clocks are compared with a cell in a row of its own, which is deleted again.
 *
 * @returns what was found, also when nothing works; after an endpoint that does not answer, or without credentials,
 *   nothing more is tried
 * @throws {StorageError} `invalid-argument` for a malformed place, `aborted`
 */
export async function probeBigtable(
  options: BigtableProbeOptions,
): Promise<readonly ProbeFinding[]> {
  const { mode = "write", clock = systemClock, signal } = options;
  const names = placeNames(options);
  const findings: ProbeFinding[] = [];

  function inTime<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return answerInTime(work, { place: options, clock, signal, retry: "safe" });
  }

  /** @returns whether it went well */
  async function attempt(
    what: string,
    work: (signal: AbortSignal) => Promise<Found>,
  ): Promise<boolean> {
    try {
      const { found, remedy } = await inTime(work);
      const ok = remedy === undefined;
      findings.push({ what, found, ok, remedy });
      return ok;
    } catch (error) {
      if (isStorageError(error, "aborted") || signal?.aborted === true) throw error;
      findings.push(failed(what, error));
      return false;
    }
  }

  return withTables(options, async ({ table }) => {
    const refs = table(names.refs);
    const answers = await attempt(`endpoint ${endpointOf(options)}`, (within) =>
      reach(refs, within),
    );
    if (!answers) return findings;
    for (const wanted of [...storeTables(names), ...wantedRowTables(options)]) {
      const there = table(wanted.id);
      const readable = await attempt(`table ${wanted.id}`, async (within) => {
        await checkReadable(there, within);
        if (mode === "write") await checkRowWrites(there, within);
        return { found: mode === "write" ? "can be read and written" : "can be read" };
      });
      if (!readable) continue;
      try {
        const found = await inTime((within) => readTable(there, within));
        findings.push(...familyFindings(wanted, found?.columnFamilies ?? {}));
      } catch (error) {
        if (isStorageError(error, "aborted") || signal?.aborted === true) throw error;
        findings.push(failed(`families of table ${wanted.id}`, error));
      }
    }
    const marked = await attempt("marker", async (within) => {
      await checkMarker(refs, within);
      return { found: "a store that this release can open" };
    });
    if (!marked || mode === "read") return findings;
    await attempt("conditional writes", async (within) => {
      await checkConditionalWrites(refs, within);
      return { found: "the app profile allows them" };
    });
    await attempt("clock", async (within) => describeSkew(await clockSkewMs(refs, clock, within)));
    return findings;
  });
}

/** Any answer of the service will do, also that the table is not there or not for this caller. */
async function reach(refs: BigtableTable, signal: AbortSignal | undefined): Promise<Found> {
  try {
    await checkReadable(refs, signal);
  } catch (error) {
    const answered =
      isStorageError(error, "not-a-store") ||
      (isStorageError(error, "permission-denied") && isRefusal(error));
    if (!answered) throw error;
  }
  return { found: "answers" };
}

/** Deletes a row that is not there. */
async function checkRowWrites(
  table: BigtableTable,
  signal: AbortSignal | undefined,
): Promise<void> {
  const sender = createRowSender(table, resolveLimits().send);
  const row = { key: " probe", mutations: [{ deleteFromRow: {} }], bytes: 0 };
  const [failure] = await sender.send([row], signal);
  if (failure !== undefined) throw failure;
}

function familyFindings(
  { id, families }: WantedTable,
  there: NonNullable<Table["columnFamilies"]>,
): readonly ProbeFinding[] {
  return Object.entries(families).map(([name, rule]): ProbeFinding => {
    const what = `family ${name} of table ${id}`;
    const found = there[name];
    if (!found) return { what, found: "is not there", ok: false, remedy: PROVISION };
    const current = garbageRule(found.gcRule);
    const ok = !isForeignRule(found.gcRule) && sameRule(current, rule);
    if (ok) return { what, found: describeRule(rule), ok };
    return {
      what,
      found: `${describeRule(current)}, wanted is that it ${describeRule(rule)}`,
      ok,
      remedy: PROVISION,
    };
  });
}

function describeSkew(skewMs: number): Found {
  if (Math.abs(skewMs) <= MAX_SKEW_MS) return { found: "agrees with the service's" };
  return {
    found: `this machine's is ${skewMs < 0 ? "ahead of" : "behind"} the service's by ${Math.round(Math.abs(skewMs))} ms`,
    remedy: "set this machine's clock by NTP: the age of cells is judged by it",
  };
}

function failed(what: string, error: unknown): ProbeFinding {
  if (!isStorageError(error)) {
    return { what, found: String(error), ok: false, remedy: "report this error" };
  }
  const { remedy } = error.details;
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : "";
  return {
    what,
    found: `${error.code}${cause}`,
    ok: false,
    remedy: typeof remedy === "string" ? remedy : PROVISION,
  };
}
