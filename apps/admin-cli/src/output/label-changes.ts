import {
  describeError,
  exitCodeOf,
  formatCount,
  formatTable,
  writeJsonLine,
  writeText,
  type ProgramContext,
} from "@foretile/app-kit";
import type { RequestStatus } from "@foretile/catalog";

import { NOTHING_CHANGED } from "./dry-run.ts";

/** What a command changes of a label, or would. */
export interface LabelChange {
  readonly label: string;
  /** What is counted, by name, in the order of the columns. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Tells what was, or would be, changed of each label. */
export async function tellLabelChanges(
  changes: readonly LabelChange[],
  { dryRun, json }: { readonly dryRun: boolean; readonly json: boolean },
  { stdout }: ProgramContext,
): Promise<void> {
  if (json) {
    for (const { label, counts } of changes) {
      await writeJsonLine(stdout, { label, dry_run: dryRun, ...counts });
    }
    return;
  }
  const names = Object.keys(changes[0]?.counts ?? {});
  const columns = [
    { title: "LABEL" },
    ...names.map((name) => ({
      title: name.replaceAll("_", " ").toUpperCase(),
      align: "right" as const,
    })),
  ];
  const rows = changes.map(({ label, counts }) => [
    label,
    ...Object.values(counts).map(formatCount),
  ]);
  await writeText(stdout, `${formatTable(columns, rows)}${dryRun ? NOTHING_CHANGED : ""}`);
}

/** How many requests were changed; what could not be is told, and shows in the exit code. */
export function countChanged(
  statuses: readonly RequestStatus[],
  context: ProgramContext,
): { readonly requests: number; readonly answers: number } {
  let requests = 0;
  let answers = 0;
  for (const status of statuses) {
    if (status.ok) {
      requests += 1;
      answers += status.changed;
      continue;
    }
    const { message } = describeError(status.error);
    context.stderr.write(`${context.name}: a request stays as it is: ${message}\n`);
    context.exitCode = exitCodeOf(status.error);
  }
  return { requests, answers };
}
