import {
  formatBytes,
  formatCount,
  writeJsonLine,
  writeText,
  type ProgramContext,
  type Progress,
} from "@foretile/app-kit";
import type { Logger } from "pino";

import { publishedDocument, type PublishedDocument } from "../session/published-document.ts";
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
      const document = publishedDocument(published);
      await (json
        ? writeJsonLine(context.stdout, { event: "published", ...document })
        : writeText(context.stdout, publishedSentence(document)));
      const { cleanupError } = published.result;
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
    `${formatCount(summary.validAnswers)} valid answers`,
    `${formatCount(summary.invalidAnswers)} invalid`,
    `${formatCount(summary.replacedAnswers)} replaced`,
    `${formatCount(summary.rejectedLines)} lines rejected`,
  ];
  return `${parts.join(", ")}\n`;
}

function publishedSentence(document: PublishedDocument): string {
  const { id, key, version, changed, answers } = document;
  // Ids are foreign text: quoted, they cannot command a terminal.
  const name = `published ${JSON.stringify(id)} as ${key} version ${version}`;
  const sizes = `${formatBytes(document.raw_bytes)} in ${formatBytes(document.stored_bytes)}`;
  const counts = `${formatCount(answers.valid)} valid and ${formatCount(answers.invalid)} invalid answers`;
  return `${name}${changed ? "" : " (as it was)"}: ${counts}, ${sizes}\n`;
}

function progressDetail(summary: IngestSummary): string {
  const answers = summary.validAnswers + summary.invalidAnswers;
  return `${formatCount(answers)} answers, ${formatCount(summary.publishedRequests)} requests`;
}
