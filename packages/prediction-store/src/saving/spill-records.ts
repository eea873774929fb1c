import type { TileCodec, TileShape } from "@foretile/codecs";
import type { DocumentCodec, DocumentValue } from "@foretile/codecs/msgpack";
import { DocumentReader } from "@foretile/version-store";
import type { Answer, RejectionReason } from "../answer/answer.ts";
import { PredictionStoreError } from "../prediction-store-error.ts";
import { stepCount, type ForecastRequest } from "../request/forecast-request.ts";

/** The newest version of each kind of record that this release reads; it writes that one too. */
const VERSION = 1;
/** A tile of 64 MiB that does not compress, with its frame. */
const MAX_RECORD_BYTES = 80 * 1024 * 1024;
/** Magic, kind, version, envelope and length of a sealed document; a hash of 16 bytes ends it. */
export const RECORD_HEADER_BYTES = 16;
const HASH_BYTES = 16;
const LENGTH_AT = 12;

/** A request that could not be saved yet. */
export interface SpilledRequest {
  readonly request: ForecastRequest;
  /** When the prompt was sent, whole seconds since 1970. */
  readonly requestedUnixSeconds: number | undefined;
  /** The version of its publication when only the catalog was away: the store has the tiles, the answers have none. */
  readonly publishedVersion: number | undefined;
}

/** What a spilled request keeps of an answer: its tile, unless that is published. */
export interface SpilledAnswer extends Omit<Answer, "outcome"> {
  readonly outcome: Answer["outcome"] | { readonly status: "published" };
}

/** The records of a spilled request, each a sealed document: first `SPRQ`, then one `SPAN` per answer, last `SPEN`. */
export class SpillRecords {
  readonly #documents: DocumentCodec;
  readonly #tiles: TileCodec;

  constructor(documents: DocumentCodec, tiles: TileCodec) {
    this.#documents = documents;
    this.#tiles = tiles;
  }

  /** Bytes of the record that starts with these, header and hash included. */
  static lengthOf(header: Uint8Array): number {
    const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
    const length = view.getUint32(LENGTH_AT, true) + RECORD_HEADER_BYTES + HASH_BYTES;
    if (length <= MAX_RECORD_BYTES) return length;
    throw new PredictionStoreError("damaged", `record is too long length=${length}`);
  }

  /** The kind of a record, four letters. */
  static kindOf(record: Uint8Array): string {
    return new TextDecoder("latin1").decode(record.subarray(4, 8));
  }

  request({ request, requestedUnixSeconds, publishedVersion }: SpilledRequest): Uint8Array {
    return this.#documents.seal("SPRQ", VERSION, {
      label: request.label,
      asset: request.asset,
      start_unix_seconds: request.startUnixSeconds,
      time_increment: request.timeIncrementSeconds,
      time_length: request.timeLengthSeconds,
      num_simulations: request.simulations,
      requested_unix_seconds: requestedUnixSeconds ?? null,
      published_version: publishedVersion ?? null,
    });
  }

  readRequest(record: Uint8Array): SpilledRequest {
    const reader = this.#open("SPRQ", record);
    const optional = (name: string): number | undefined =>
      reader.optional(name, () => reader.integer(name));
    return {
      request: {
        label: reader.text("label"),
        asset: reader.text("asset"),
        startUnixSeconds: reader.integer("start_unix_seconds"),
        timeIncrementSeconds: reader.integer("time_increment", 1),
        timeLengthSeconds: reader.integer("time_length", 1),
        simulations: reader.integer("num_simulations", 1),
      },
      requestedUnixSeconds: optional("requested_unix_seconds"),
      publishedVersion: optional("published_version"),
    };
  }

  answer(request: ForecastRequest, answer: SpilledAnswer): Uint8Array {
    const { minerUid, minerId, processTimeSeconds, outcome } = answer;
    return this.#documents.seal("SPAN", VERSION, {
      miner_uid: minerUid,
      miner_id: minerId,
      process_time: processTimeSeconds ?? null,
      status: outcome.status,
      ...this.#outcomeFields(request, outcome),
    });
  }

  readAnswer(request: ForecastRequest, record: Uint8Array): SpilledAnswer {
    const reader = this.#open("SPAN", record);
    return {
      minerUid: reader.integer("miner_uid"),
      minerId: reader.integer("miner_id"),
      processTimeSeconds: reader.optional("process_time", () => reader.number("process_time")),
      outcome: this.#readOutcome(request, reader),
    };
  }

  end(answerCount: number): Uint8Array {
    return this.#documents.seal("SPEN", VERSION, { answers: answerCount });
  }

  /** How many answers a whole file has. */
  readEnd(record: Uint8Array): number {
    return this.#open("SPEN", record).integer("answers");
  }

  #outcomeFields(
    request: ForecastRequest,
    outcome: SpilledAnswer["outcome"],
  ): { readonly [name: string]: DocumentValue } {
    if (outcome.status === "published") return {};
    if (outcome.status === "invalid") {
      return { reason: outcome.reason, message: outcome.message };
    }
    return { frame: this.#tiles.encode(outcome.tile, shapeOf(request), { mode: "pack" }).bytes };
  }

  #readOutcome(request: ForecastRequest, reader: DocumentReader): SpilledAnswer["outcome"] {
    const status = reader.text("status");
    if (status === "published") return { status };
    if (status === "invalid") {
      const reason = reader.text("reason") as RejectionReason;
      return { status, reason, message: reader.text("message") };
    }
    if (status !== "valid") {
      throw new PredictionStoreError("damaged", `spilled answer has an unknown status=${status}`);
    }
    const { header, values } = this.#tiles.decode(reader.bytes("frame"));
    const { simulations, steps } = shapeOf(request);
    if (header.shape.simulations !== simulations || header.shape.steps !== steps) {
      throw new PredictionStoreError("damaged", "spilled tile has another size than its request");
    }
    return { status, tile: new Float32Array(values) };
  }

  #open(kind: string, record: Uint8Array): DocumentReader {
    try {
      const options = { maxVersion: VERSION, maxBytes: MAX_RECORD_BYTES };
      return new DocumentReader(this.#documents.open(kind, options, record).value, kind);
    } catch (cause) {
      const tooNew =
        cause instanceof Error && "code" in cause && cause.code === "unsupported-version";
      throw new PredictionStoreError(
        tooNew ? "format-too-new" : "damaged",
        tooNew
          ? `spilled request was written by a newer release; upgrade @foretile/prediction-store`
          : `record of a spilled request is damaged kind=${kind}`,
        { cause },
      );
    }
  }
}

function shapeOf(request: ForecastRequest): TileShape {
  return { simulations: request.simulations, steps: stepCount(request) };
}
