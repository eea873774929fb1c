import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { Prediction } from "../records/prediction.ts";
import { VALID_FORMAT } from "../records/prediction.ts";
import type { CatalogRequest, RequestFacts } from "../records/request.ts";
import type { DocumentFields } from "./document-fields.ts";
import { requestIdOf } from "./row-keys.ts";

/** Tiles of a request that were handed over for deletion. */
interface Claim {
  /** Predictions of versions up to this one. */
  readonly throughVersion: number;
  readonly atMs: number;
  /** Whether their bytes are gone. */
  readonly done: boolean;
}

/** What the summary cell of a request's row says. Scores are cells of their own. */
export interface RequestSummary {
  readonly facts: RequestFacts;
  readonly order: number;
  readonly requestedUnixSeconds: number | undefined;
  readonly version: number;
  readonly savedAtMs: number;
  readonly counts: CatalogRequest["predictions"];
  /** When the last of its predictions was deleted. */
  readonly lastDeletedAtMs: number | undefined;
  readonly claim: Claim | undefined;
  /** Names the change that wrote this: no two changes write equal bytes. */
  readonly change: string;
}

/** A request as its row holds it. */
export interface RequestRecord extends Omit<
  RequestSummary,
  "counts" | "lastDeletedAtMs" | "change"
> {
  /** By miner id. */
  readonly predictions: readonly Prediction[];
}

export function summaryOf(record: RequestRecord, change: string): RequestSummary {
  const { predictions, ...rest } = record;
  const alive = predictions.filter(({ deleted }) => deleted === undefined);
  const valid = alive.filter(({ formatValidation }) => formatValidation === VALID_FORMAT).length;
  const deletions = predictions.flatMap(({ deleted }) => (deleted ? [deleted.atMs] : []));
  return {
    ...rest,
    counts: { valid, invalid: alive.length - valid, deleted: deletions.length },
    lastDeletedAtMs: deletions.length === 0 ? undefined : Math.max(...deletions),
    change,
  };
}

export function catalogRequest(summary: RequestSummary, scored: boolean): CatalogRequest {
  const { facts, order, requestedUnixSeconds, version, savedAtMs, counts } = summary;
  return {
    id: requestIdOf(facts),
    ...facts,
    order,
    requestedUnixSeconds,
    version,
    savedAtMs,
    predictions: counts,
    scored,
  };
}

export function summaryDocument(summary: RequestSummary): DocumentValue {
  const { facts, claim, counts } = summary;
  return {
    label: facts.label,
    asset: facts.asset,
    start_unix_seconds: facts.startUnixSeconds,
    time_increment: facts.timeIncrementSeconds,
    time_length: facts.timeLengthSeconds,
    num_simulations: facts.simulations,
    order: summary.order,
    requested_unix_seconds: summary.requestedUnixSeconds ?? null,
    version: summary.version,
    saved_at_ms: summary.savedAtMs,
    valid: counts.valid,
    invalid: counts.invalid,
    deleted: counts.deleted,
    last_deleted_at_ms: summary.lastDeletedAtMs ?? null,
    claim:
      claim === undefined
        ? null
        : { through_version: claim.throughVersion, at_ms: claim.atMs, done: claim.done ? 1 : 0 },
    change: summary.change,
  };
}

export function readSummary(fields: DocumentFields): RequestSummary {
  return {
    facts: {
      label: fields.text("label"),
      asset: fields.text("asset"),
      startUnixSeconds: fields.integer("start_unix_seconds"),
      timeIncrementSeconds: fields.integer("time_increment"),
      timeLengthSeconds: fields.integer("time_length"),
      simulations: fields.integer("num_simulations"),
    },
    order: fields.integer("order"),
    requestedUnixSeconds: optionalInteger(fields, "requested_unix_seconds"),
    version: fields.integer("version"),
    savedAtMs: fields.integer("saved_at_ms"),
    counts: {
      valid: fields.integer("valid"),
      invalid: fields.integer("invalid"),
      deleted: fields.integer("deleted"),
    },
    lastDeletedAtMs: optionalInteger(fields, "last_deleted_at_ms"),
    claim: fields.optional("claim", () => {
      const claim = fields.record("claim");
      return {
        throughVersion: claim.integer("through_version"),
        atMs: claim.integer("at_ms"),
        done: claim.integer("done") === 1,
      };
    }),
    change: fields.text("change"),
  };
}

export function predictionsDocument(predictions: readonly Prediction[]): DocumentValue {
  return {
    predictions: predictions.map((prediction) => ({
      miner_id: prediction.minerId,
      miner_uid: prediction.minerUid,
      format_validation: prediction.formatValidation,
      process_time: prediction.processTimeSeconds ?? null,
      tile_key: prediction.tileKey ?? null,
      version: prediction.version,
      saved_at_ms: prediction.savedAtMs,
      deleted_at_ms: prediction.deleted?.atMs ?? null,
      deleted_reason: prediction.deleted?.reason ?? null,
    })),
  };
}

export function readPredictionsDocument(fields: DocumentFields): Prediction[] {
  return fields.records("predictions", (record) => {
    const tileKey = record.optional("tile_key", (own) => own.text("tile_key"));
    const deletedAtMs = optionalInteger(record, "deleted_at_ms");
    return {
      minerId: record.integer("miner_id"),
      minerUid: record.integer("miner_uid"),
      formatValidation: record.text("format_validation"),
      processTimeSeconds: record.optional("process_time", (own) => own.number("process_time")),
      tileKey,
      place: tileKey === undefined ? "none" : "store",
      version: record.integer("version"),
      savedAtMs: record.integer("saved_at_ms"),
      ...(deletedAtMs === undefined
        ? {}
        : { deleted: { atMs: deletedAtMs, reason: record.text("deleted_reason") } }),
    };
  });
}

function optionalInteger(fields: DocumentFields, name: string): number | undefined {
  return fields.optional(name, (own) => own.integer(name));
}
