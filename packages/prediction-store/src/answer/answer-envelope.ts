/** What came with an answer, and where in the bytes the answer itself lies, not judged yet. */
export interface AnswerEnvelope {
  /** The validator's name for the request; `undefined` when the answer does not carry it. */
  readonly requestId: string | undefined;
  /** Slot in the network, 0 to 65 535. */
  readonly minerUid: number;
  /** Lasting identity of who held the slot, 0 or more. */
  readonly minerId: number;
  /** Seconds the miner took; `undefined` when nothing usable arrived in time. */
  readonly processTimeSeconds: number | undefined;
  /** Notation of `prediction`. */
  readonly format: "json" | "msgpack";
  /** The value as the miner wrote it: a view of the bytes that were read, which must not change until it is judged. */
  readonly prediction: Uint8Array;
}

/** Bytes that are no envelope name no miner whose answer could be refused; the message says what is wrong with them. */
export type EnvelopeOutcome =
  | { readonly status: "envelope"; readonly envelope: AnswerEnvelope }
  | { readonly status: "malformed"; readonly message: string };

/** Members of an envelope beside the prediction. */
const memberNames: ReadonlySet<string> = new Set([
  "request",
  "miner_uid",
  "miner_id",
  "process_time",
]);

export const PREDICTION_MEMBER = "prediction";

/** Longest member name or value, the prediction aside, in bytes. */
export const MAX_MEMBER_BYTES = 512;

const MAX_MINER_UID = 65_535;

/** Gathers the members of an envelope as a reader meets them, and checks them at the end. */
export class EnvelopeBuilder {
  readonly #format: AnswerEnvelope["format"];
  readonly #null: Uint8Array;
  readonly #members = new Map<string, unknown>();
  #prediction: Uint8Array | undefined;

  /** @param nullValue what an absent prediction is in this notation */
  constructor(format: AnswerEnvelope["format"], nullValue: Uint8Array) {
    this.#format = format;
    this.#null = nullValue;
  }

  /** Whether `name` may follow: a known member, for the first time. */
  accepts(name: string): boolean {
    if (name === PREDICTION_MEMBER) return this.#prediction === undefined;
    return memberNames.has(name) && !this.#members.has(name);
  }

  member(name: string, value: unknown): void {
    this.#members.set(name, value);
  }

  prediction(bytes: Uint8Array): void {
    this.#prediction = bytes;
  }

  /** A member that is null counts as absent. */
  finish(): EnvelopeOutcome {
    const requestId = this.#members.get("request") ?? undefined;
    const minerUid = this.#members.get("miner_uid");
    const minerId = this.#members.get("miner_id");
    const processTimeSeconds = this.#members.get("process_time") ?? undefined;
    if (requestId !== undefined && typeof requestId !== "string") {
      return malformedEnvelope("request must be a string");
    }
    if (!isWhole(minerUid, MAX_MINER_UID)) {
      return malformedEnvelope(`miner_uid must be a whole number from 0 to ${MAX_MINER_UID}`);
    }
    if (!isWhole(minerId, Number.MAX_SAFE_INTEGER)) {
      return malformedEnvelope("miner_id must be a whole number, 0 or more");
    }
    if (processTimeSeconds !== undefined && !isDuration(processTimeSeconds)) {
      return malformedEnvelope("process_time must be a number of seconds, 0 or more, or null");
    }
    const prediction = this.#prediction ?? this.#null;
    const format = this.#format;
    return {
      status: "envelope",
      envelope: { requestId, minerUid, minerId, processTimeSeconds, format, prediction },
    };
  }
}

export function malformedEnvelope(message: string): EnvelopeOutcome {
  return { status: "malformed", message };
}

function isWhole(value: unknown, max: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= max;
}

function isDuration(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY;
}
