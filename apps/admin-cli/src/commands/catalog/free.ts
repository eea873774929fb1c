import {
  formatBytes,
  formatTable,
  writeJsonLine,
  writeText,
  type ProgramContext,
} from "@foretile/app-kit";
import { deleteClaimed } from "@foretile/prediction-store/saving";
import type { Command } from "commander";

import { parseDuration } from "../../arguments/parse-duration.ts";
import { freeableRequests, type FreeableRequest } from "../../lookup/freeable-requests.ts";
import { countOf } from "../../output/count-of.ts";
import { NOTHING_CHANGED, YES_HELP } from "../../output/dry-run.ts";
import { examples } from "../../output/examples.ts";
import { formatSpan } from "../../output/format-span.ts";
import {
  addCatalogOption,
  openCatalogOfStore,
  wantedLabels,
  type CatalogOfStore,
  type LabelOptions,
} from "./catalog-command.ts";

interface CatalogFreeOptions extends LabelOptions {
  readonly deletedFor: number;
  readonly yes?: boolean;
}

const DAY_MS = 86_400_000;

/** `catalog free`: deletes the publications of requests of which nothing is alive. */
export function addCatalogFreeCommand(parent: Command, context: ProgramContext): void {
  const command = parent
    .command("free")
    .description("delete the tiles of requests of which nothing is alive, for good")
    .option("--label <label>", "only this label")
    .option(
      "--deleted-for <duration>",
      "only what is deleted at least this long (default: 1d)",
      parseDuration,
      DAY_MS,
    )
    .option("--yes", YES_HELP);
  addCatalogOption(command)
    .action((_options: unknown, self: Command) =>
      runCatalogFree(self.optsWithGlobals<CatalogFreeOptions>(), context),
    )
    .addHelpText(
      "after",
      [
        "\nThe catalog hands each request over, its publication is deleted, and the catalog is told. From then on it",
        "cannot be undeleted. A request that was published again since stays. The bytes are freed by collect after",
        "the grace time. Broken off anywhere, the next run goes on.",
        examples([
          "--store lmdb:./forecasts catalog free --catalog store",
          "--store lmdb:./forecasts catalog free --catalog store --deleted-for 7d --yes",
        ]),
      ].join("\n"),
    );
}

async function runCatalogFree(options: CatalogFreeOptions, context: ProgramContext): Promise<void> {
  const { clock, stdout } = context;
  const { deletedFor, yes = false, json = false } = options;
  await using opened = await openCatalogOfStore(options, yes ? "write" : "read", context);
  const nowMs = Math.floor(clock.nowMs());
  const deletedBeforeMs = Math.max(0, nowMs - deletedFor);
  const freed: FreedRequest[] = [];
  for (const { label } of await wantedLabels(opened, options, context)) {
    const claim = { label, deletedBeforeMs, atMs: nowMs };
    for await (const request of freeable(opened, claim, yes, context)) {
      freed.push(request);
      if (json) await writeJsonLine(stdout, { type: "request", ...request });
    }
  }
  const bytes = freed.reduce((sum, request) => sum + request.stored_bytes, 0);
  if (json) {
    const totals = { requests: freed.length, stored_bytes: bytes };
    await writeJsonLine(stdout, { type: "summary", dry_run: !yes, ...totals });
    return;
  }
  const graceMs = opened.library.config.times.graceMs;
  await writeText(stdout, freedText(freed, bytes, yes, graceMs));
}

/** A request as the output names it. */
interface FreedRequest {
  readonly key: string;
  readonly status: "would be deleted" | "deleted" | "gone" | "republished";
  readonly stored_bytes: number;
}

async function* freeable(
  { catalog, library, predictions }: CatalogOfStore,
  claim: { readonly label: string; readonly deletedBeforeMs: number; readonly atMs: number },
  yes: boolean,
  { signal }: ProgramContext,
): AsyncGenerator<FreedRequest, void, undefined> {
  const planned = new Map<string, FreeableRequest>();
  for await (const request of freeableRequests({ catalog, predictions }, claim, signal)) {
    planned.set(request.key, request);
    if (!yes) yield freedRequest(request, "would be deleted");
  }
  if (!yes) return;
  for await (const { key, status } of deleteClaimed({ catalog, library }, claim, { signal })) {
    const storedBytes = status === "deleted" ? (planned.get(key)?.storedBytes ?? 0) : 0;
    yield freedRequest({ key, storedBytes }, status);
  }
}

function freedRequest(
  { key, storedBytes }: FreeableRequest,
  status: FreedRequest["status"],
): FreedRequest {
  return { key, status, stored_bytes: storedBytes };
}

function freedText(
  freed: readonly FreedRequest[],
  bytes: number,
  yes: boolean,
  graceMs: number,
): string {
  if (freed.length === 0) return "nothing to free\n";
  const rows = freed.map(({ key, status, stored_bytes }) => [
    key,
    status,
    formatBytes(stored_bytes),
  ]);
  const total = `${countOf(freed.length, "request")}, ${formatBytes(bytes)} unless shared with what stays`;
  const next = yes
    ? `collect frees the bytes after the grace time of ${formatSpan(graceMs)}\n`
    : NOTHING_CHANGED;
  return `${formatTable(columns, rows)}${total}\n${next}`;
}

const columns = [
  { title: "REQUEST" },
  { title: "STATUS" },
  { title: "STORED", align: "right" },
] as const;
