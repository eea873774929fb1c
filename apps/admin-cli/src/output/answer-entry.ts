import { styleText } from "node:util";

import { formatBytes, type OutputStream, type TableColumn } from "@foretile/app-kit";
import type { AnswerEntry } from "@foretile/prediction-store";

import { formatRatio } from "./format-ratio.ts";

/** What a version says about one miner's answer, as a JSON document. */
export function answerDocument(answer: AnswerEntry): Record<string, unknown> {
  const facts = {
    miner_id: answer.minerId,
    miner_uid: answer.minerUid,
    process_time: answer.processTimeSeconds,
    status: answer.status,
  };
  if (answer.status === "invalid") {
    return { ...facts, reason: answer.reason, message: answer.message };
  }
  return {
    ...facts,
    mode: answer.mode,
    content_hash: answer.contentHash,
    raw_bytes: answer.rawBytes,
    stored_bytes: answer.storedBytes,
  };
}

/** The columns of {@link answerRow}. */
export const answerColumns: readonly TableColumn[] = [
  { title: "MINER", align: "right" },
  { title: "UID", align: "right" },
  { title: "TIME", align: "right" },
  { title: "STATUS" },
  { title: "STORED", align: "right" },
  { title: "RATIO", align: "right" },
  { title: "MODE" },
  { title: "REASON" },
];

/** The same as a row of a table. */
export function answerRow(answer: AnswerEntry, stdout: OutputStream): string[] {
  const { processTimeSeconds } = answer;
  const facts = [
    answer.minerId.toString(),
    answer.minerUid.toString(),
    processTimeSeconds === undefined ? "-" : `${processTimeSeconds.toFixed(2)} s`,
  ];
  if (answer.status === "invalid") {
    const status = styleText("red", "invalid", { stream: stdout });
    return [...facts, status, "-", "-", "-", `${answer.reason}: ${answer.message}`];
  }
  const { rawBytes, storedBytes, mode } = answer;
  return [...facts, "valid", formatBytes(storedBytes), formatRatio(rawBytes, storedBytes), mode];
}
