import { StorageError, type ByteRange } from "@foretile/storage";

import { readBody } from "./read-body.ts";

/** What of an answer to a GET tells which bytes it holds. */
export interface RangeAnswer {
  readonly Body?: unknown;
  readonly ContentLength?: number | undefined;
  readonly ContentRange?: string | undefined;
}

/** Larger answers are none of ours: the largest blob is a GiB. */
const MAX_BYTES = 2 ** 30;

/** How a range of bytes is asked for, and its answer checked. */
export const readRange = {
  /** The parameter of a GET; a range without bytes has none, see {@link readRange.bytes}. */
  header(range: ByteRange | undefined): { Range?: string } {
    if (range === undefined) return {};
    const last = range.offset + range.length - 1;
    // Without an end where the end is beyond all numbers: the answer ends with the object.
    return { Range: `bytes=${range.offset}-${Number.isSafeInteger(last) ? last : ""}` };
  },

  /**
   * The bytes of the answer, checked against what it says of itself and what was asked.
   *
   * @throws {StorageError} `unavailable`, safe to repeat, when it is not that range or is cut off
   */
  async bytes(answer: RangeAnswer, range: ByteRange | undefined): Promise<Uint8Array<ArrayBuffer>> {
    const { Body, ContentLength, ContentRange } = answer;
    if (ContentLength === undefined || ContentLength > MAX_BYTES) {
      throw refuse(Body, `answer has no length that could be its own length=${ContentLength}`);
    }
    if (range === undefined) {
      if (ContentRange !== undefined) throw refuse(Body, "answer is a part, asked was the whole");
      return readBody(Body, ContentLength);
    }
    if (ContentRange === undefined) {
      // A server may always send the whole instead.
      const whole = await readBody(Body, ContentLength);
      return whole.slice(range.offset, range.offset + range.length);
    }
    const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(ContentRange) ?? [];
    const end = Math.min(range.offset + range.length, Number(total));
    if (
      Number(first) !== range.offset ||
      Number(last) !== end - 1 ||
      ContentLength !== end - range.offset
    ) {
      throw refuse(Body, `answer is another part contentRange=${ContentRange}`);
    }
    return readBody(Body, ContentLength);
  },
};

function refuse(body: unknown, message: string): StorageError {
  if (typeof body === "object" && body !== null && "destroy" in body) {
    (body as { destroy: () => void }).destroy();
  }
  return new StorageError("unavailable", message, { retry: "safe" });
}
