import { PredictionStoreError } from "../prediction-store-error.ts";
import {
  checkForecastRequest,
  MAX_NAME_LENGTH,
  MAX_SIMULATIONS,
  MAX_UNIX_SECONDS,
} from "../request/forecast-request.ts";
import { ObjectFields } from "../request/object-fields.ts";
import type { LabelConfig } from "./label-config.ts";

/** Most intervals, and most assets, of one label. */
const MAX_ENTRIES = 256;
/** A century. */
const MAX_DAYS = 36_525;
const MAX_FACTOR = 1_000_000;

// Not only digits: an object lists such names first, whatever their order was.
const intervalName = /^(?![0-9]+$)[0-9A-Za-z_]+$/;
const assetName = /^[\x21-\x7e]+$/;

/** {@link LabelConfig} as a plain value. */
export type LabelDocument = Readonly<
  Record<string, string | number | readonly string[] | readonly (readonly [string, number])[]>
>;

/**
 * The plain value that stands for `config` in a document or a file. Names with numbers become arrays of pairs, because
 * their order counts and a document may sort the members of an object.
 */
export function labelDocument(config: LabelConfig): LabelDocument {
  return {
    label: config.label,
    time_length: config.timeLengthSeconds,
    time_increment: config.timeIncrementSeconds,
    num_simulations: config.simulations,
    intervals: Object.entries(config.intervals),
    assets: [...config.assets],
    asset_coefficients: Object.entries(config.assetCoefficients),
    window_days: config.windowDays,
    softmax_beta: config.softmaxBeta,
    emission_share: config.emissionShare,
    retention_days: config.retentionDays,
    thin_after_minutes: config.thinAfterMinutes,
    thin_bucket_seconds: config.thinBucketSeconds,
  };
}

/**
 * Reads what {@link labelDocument} writes. Every member is required and no other is accepted.
 *
 * @throws {PredictionStoreError} `invalid-label` for the first fault found
 */
export function parseLabelConfig(value: unknown): LabelConfig {
  const fields = new ObjectFields(value, "label", invalid);
  const config: LabelConfig = {
    label: fields.text("label"),
    timeLengthSeconds: fields.whole("time_length", 1, MAX_UNIX_SECONDS),
    timeIncrementSeconds: fields.whole("time_increment", 1, MAX_UNIX_SECONDS),
    simulations: fields.whole("num_simulations", 1, MAX_SIMULATIONS),
    intervals: numbersByName(fields, "intervals", intervalName, 1),
    assets: names(fields, "assets"),
    assetCoefficients: numbersByName(fields, "asset_coefficients", assetName, 0),
    windowDays: fields.number("window_days", 0, MAX_DAYS),
    softmaxBeta: fields.number("softmax_beta", -MAX_FACTOR, 0),
    emissionShare: fields.number("emission_share", 0, 1),
    retentionDays: fields.number("retention_days", 0, MAX_DAYS),
    thinAfterMinutes: fields.number("thin_after_minutes", 0, MAX_DAYS * 1440),
    thinBucketSeconds: fields.whole("thin_bucket_seconds", 1, MAX_DAYS * 86_400),
  };
  fields.refuseOthers();
  checkSizes(config);
  checkWeights(config);
  checkIntervals(config);
  return config;
}

/** Sizes that no request could have would be found with the first request only. */
function checkSizes(config: LabelConfig): void {
  try {
    checkForecastRequest({ ...config, asset: "ANY", startUnixSeconds: 0 });
  } catch (cause) {
    if (!(cause instanceof PredictionStoreError)) throw cause;
    throw new PredictionStoreError("invalid-label", cause.message, { cause });
  }
}

/** With a factor or a share of 0 a label would give every miner the same weight, or none. */
function checkWeights({ softmaxBeta, emissionShare }: LabelConfig): void {
  if (softmaxBeta === 0) throw invalid("softmax_beta must be below 0");
  if (emissionShare === 0) throw invalid("emission_share must be above 0");
}

function checkIntervals({ intervals, timeIncrementSeconds, timeLengthSeconds }: LabelConfig): void {
  for (const [name, seconds] of Object.entries(intervals)) {
    if (
      !Number.isInteger(seconds) ||
      seconds < timeIncrementSeconds ||
      seconds > timeLengthSeconds
    ) {
      throw invalid(
        `interval must be whole seconds from one increment to the length name=${name} seconds=${seconds}`,
      );
    }
  }
}

function names(fields: ObjectFields, member: string): string[] {
  const list = boundedList(fields, member, 1).map((name) => checkedName(name, member, assetName));
  if (new Set(list).size < list.length) throw invalid(`${member} must not repeat`);
  return list;
}

function numbersByName(
  fields: ObjectFields,
  member: string,
  pattern: RegExp,
  minCount: number,
): Record<string, number> {
  const numbers = new Map<string, number>();
  for (const pair of boundedList(fields, member, minCount)) {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw invalid(`${member} must be pairs of a name and a number`);
    }
    const [first, number]: readonly unknown[] = pair;
    const name = checkedName(first, member, pattern);
    if (typeof number !== "number" || !(number > 0 && number <= MAX_UNIX_SECONDS)) {
      throw invalid(`${member} must have positive numbers name=${name}`);
    }
    if (numbers.has(name)) throw invalid(`${member} must not repeat name=${name}`);
    numbers.set(name, number);
  }
  return Object.fromEntries(numbers);
}

function boundedList(fields: ObjectFields, member: string, minCount: number): readonly unknown[] {
  const list = fields.list(member);
  if (list.length < minCount || list.length > MAX_ENTRIES) {
    throw invalid(`${member} must have ${minCount} to ${MAX_ENTRIES} entries count=${list.length}`);
  }
  return list;
}

function checkedName(name: unknown, member: string, pattern: RegExp): string {
  if (typeof name !== "string" || name.length > MAX_NAME_LENGTH || !pattern.test(name)) {
    throw invalid(`${member} must have names of 1 to ${MAX_NAME_LENGTH} plain characters`);
  }
  return name;
}

function invalid(message: string): PredictionStoreError {
  return new PredictionStoreError("invalid-label", message);
}
