import { formatBytes, formatCount, formatUtc } from "@foretile/app-kit";
import type { PublishedRequest } from "@foretile/prediction-store";

import { formatFields } from "./format-fields.ts";
import { formatRatio } from "./format-ratio.ts";

interface AnswerTotals {
  readonly valid: number;
  readonly invalid: number;
  readonly rawBytes: number;
  readonly storedBytes: number;
}

/** A version of a request as a JSON document, without its answers. */
export function requestDocument(published: PublishedRequest): Record<string, unknown> {
  const { request } = published;
  const { valid, invalid, rawBytes, storedBytes } = answerTotals(published);
  return {
    key: published.key,
    label: request.label,
    asset: request.asset,
    start_time: formatUtc(request.startUnixSeconds),
    time_increment: request.timeIncrementSeconds,
    time_length: request.timeLengthSeconds,
    num_simulations: request.simulations,
    num_steps: published.shape.steps,
    version: published.version,
    version_hash: published.versionHash,
    published_at: new Date(published.publishedAtMs).toISOString(),
    valid,
    invalid,
    raw_bytes: rawBytes,
    stored_bytes: storedBytes,
  };
}

/** The same for people. */
export function requestText(published: PublishedRequest): string {
  const { request } = published;
  const { valid, invalid, rawBytes, storedBytes } = answerTotals(published);
  const ratio = formatRatio(rawBytes, storedBytes);
  return formatFields(published.key, [
    ["label", request.label],
    ["asset", request.asset],
    ["start", formatUtc(request.startUnixSeconds)],
    ["increment", `${formatCount(request.timeIncrementSeconds)} s`],
    ["length", `${formatCount(request.timeLengthSeconds)} s`],
    [
      "tile",
      `${formatCount(published.shape.steps)} steps of ${formatCount(request.simulations)} paths`,
    ],
    ["version", published.version.toString()],
    ["answers", `${formatCount(valid)} valid, ${formatCount(invalid)} invalid`],
    ["bytes", `${formatBytes(rawBytes)} raw, ${formatBytes(storedBytes)} stored, ratio ${ratio}`],
  ]);
}

/** How many answers of a version are tiles, and their bytes. */
export function answerTotals(published: PublishedRequest): AnswerTotals {
  const totals = { valid: 0, invalid: 0, rawBytes: 0, storedBytes: 0 };
  for (const answer of published.answers) {
    totals[answer.status] += 1;
    if (answer.status === "invalid") continue;
    totals.rawBytes += answer.rawBytes;
    totals.storedBytes += answer.storedBytes;
  }
  return totals;
}
