import { DIGEST_BYTES } from "@foretile/trace-store";
import type { AnswerEntry } from "../store/answer-entry.ts";
import type { PublishedRequest } from "../store/published-request.ts";
import { pointsById, type RequestPoints } from "./request-points.ts";
import { minerParam } from "./score-points.ts";
import { requestParams } from "./trace-sets.ts";

/** The reason of an answer that never came. */
const NO_ANSWER = "no_process_time";

/**
 * What each miner sent: the first 16 bytes of the tile's content hash, which neither codec nor placement has a part in,
 * or an invalid point for an answer that was refused.
 */
export function digestPoints({
  request,
  answers,
}: Pick<PublishedRequest, "request" | "answers">): RequestPoints<"digest"> {
  const shared = requestParams(request);
  const { label, asset, startUnixSeconds } = request;
  const points = answers.filter(wasSent).map((answer) => ({
    params: { ...shared, miner: minerParam(answer.minerId) },
    value: answer.status === "valid" ? digestOf(answer.contentHash) : undefined,
  }));
  return { request: { label, asset, startUnixSeconds }, points: pointsById(points) };
}

function wasSent(answer: AnswerEntry): boolean {
  return answer.status === "valid" || answer.reason !== NO_ANSWER;
}

/** @param contentHash 64 hexadecimal characters */
function digestOf(contentHash: string): Uint8Array {
  return new Uint8Array(Buffer.from(contentHash.slice(0, 2 * DIGEST_BYTES), "hex"));
}
