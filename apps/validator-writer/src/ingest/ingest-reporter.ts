import {
  describeError,
  formatBytes,
  formatCount,
  writeJsonLine,
  writeText,
  type ProgramContext,
  type Progress,
} from "@foretile/app-kit";
import type { Logger } from "pino";

import {
  publishedDocument,
  spilledDocument,
  type PublishedDocument,
  type SpilledDocument,
} from "../session/published-document.ts";
import type { Published } from "../session/published.ts";
import { LEFTOVERS, warnOfLeftovers } from "../warn-of-leftovers.ts";
import type { IngestReporter, IngestSummary } from "./ingest.ts";

export interface IngestReporterOptions {
  /** One JSON line a result instead of text. */
  readonly json: boolean;
  /** Where progress is drawn, and taken away before anything else is written. */
  readonly progress: Progress;
  /** Bytes of the input that were read so far. */
  readonly readBytes: () => number;
  /** Takes what has no place among the results; `undefined` on a terminal, where it is text. */
  readonly logger: Logger | undefined;
}

/**
 * Reports results on standard output: with `json` a line for every published request and every rejected line,
 * otherwise a sentence for every published request, and rejected lines on standard error. Warnings go there too.
 */
export function createIngestReporter(
  context: ProgramContext,
  options: IngestReporterOptions,
): IngestReporter {
  const { json, progress, logger } = options;
  return {
    published: async (published) => {
      progress.clear();
      await (published.result === undefined
        ? reportSpilled(context, spilledDocument(published), json)
        : reportPublished(context, publishedDocument(published), json));
      await warnOfJournal(context, published, logger);
      const cleanupError = published.result?.cleanupError;
      if (logger !== undefined) warnOfLeftovers(logger, published);
      else if (cleanupError !== undefined) {
        await writeText(context.stderr, `${LEFTOVERS}: ${cleanupError.message}\n`);
      }
    },
    rejected: async (rejected) => {
      progress.clear();
      const { line, code, message } = rejected;
      if (json) await writeJsonLine(context.stdout, { event: "rejected", line, code, message });
      else if (logger === undefined) await writeText(context.stderr, `line ${line}: ${message}\n`);
      else logger.warn({ line, code }, `line rejected: ${message}`);
    },
    progress: (summary) => {
      progress.update(options.readBytes(), progressDetail(summary));
    },
  };
}

/** The last line of a run, for people. */
export function summarySentence(summary: IngestSummary): string {
  const parts = [
    `${formatCount(summary.publishedRequests)} requests published`,
    ...(summary.spilledRequests === 0
      ? []
      : [`${formatCount(summary.spilledRequests)} kept in the journal`]),
    `${formatCount(summary.validAnswers)} valid answers`,
    `${formatCount(summary.invalidAnswers)} invalid`,
    `${formatCount(summary.replacedAnswers)} replaced`,
    `${formatCount(summary.rejectedLines)} lines rejected`,
  ];
  return `${parts.join(", ")}\n`;
}

function reportPublished(
  { stdout }: ProgramContext,
  document: PublishedDocument,
  json: boolean,
): Promise<void> {
  return json
    ? writeJsonLine(stdout, { event: "published", ...document })
    : writeText(stdout, publishedSentence(document));
}

function reportSpilled(
  { stdout }: ProgramContext,
  document: SpilledDocument,
  json: boolean,
): Promise<void> {
  if (json) return writeJsonLine(stdout, { event: "spilled", ...document });
  const { id, key, journal_entry: number, journal_bytes: bytes, message } = document;
  const name = `kept ${JSON.stringify(id)}, ${key}, as entry ${number} of the journal`;
  return writeText(stdout, `${name} (${formatBytes(bytes)}): ${message}\n`);
}

async function warnOfJournal(
  { stderr }: ProgramContext,
  { id, key, journalFailure }: Published,
  logger: Logger | undefined,
): Promise<void> {
  if (journalFailure === undefined) return;
  const text = `the journal did not have this request: ${describeError(journalFailure).message}`;
  if (logger === undefined) await writeText(stderr, `${JSON.stringify(id)}: ${text}\n`);
  else logger.warn({ id, key }, text);
}

function publishedSentence(document: PublishedDocument): string {
  const { id, key, version, changed, answers, catalog } = document;
  // Ids are foreign text: quoted, they cannot command a terminal.
  const name = `published ${JSON.stringify(id)} as ${key} version ${version}`;
  const sizes = `${formatBytes(document.raw_bytes)} in ${formatBytes(document.stored_bytes)}`;
  const counts = `${formatCount(answers.valid)} valid and ${formatCount(answers.invalid)} invalid answers`;
  const catalogued = catalog === undefined ? "" : `; ${catalogSentence(catalog)}`;
  return `${name}${changed ? "" : " (as it was)"}: ${counts}, ${sizes}${catalogued}\n`;
}

function catalogSentence({
  status,
  refused_miners: refused = [],
  message = "",
}: NonNullable<PublishedDocument["catalog"]>): string {
  if (status === "waiting") return `the journal keeps it for the catalog: ${message}`;
  if (status === "refused") return `the catalog refuses it: ${message}`;
  if (refused.length === 0) return "in the catalog";
  return `in the catalog without ${formatCount(refused.length)} miners that it does not know`;
}

function progressDetail(summary: IngestSummary): string {
  const answers = summary.validAnswers + summary.invalidAnswers;
  return `${formatCount(answers)} answers, ${formatCount(summary.publishedRequests)} requests`;
}
