import { DIGEST_BYTES, POINT, type TraceStore, type TraceValuesOf } from "@foretile/trace-store";

/** A value of a point, whatever the type of its set. */
export type PointValue = number | Uint8Array;

/** What states are called in output. */
export const stateNames: Readonly<Record<number, string>> = {
  [POINT.value]: "value",
  [POINT.invalid]: "invalid",
  [POINT.deleted]: "deleted",
};

/** The value at an index of a block's values. */
export function valueAt(
  { config }: TraceStore,
  values: TraceValuesOf[keyof TraceValuesOf],
  index: number,
): PointValue {
  if (config.valueType === "digest") {
    const digests = values as Uint8Array;
    return digests.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES);
  }
  return (values as ArrayLike<PointValue>)[index] as PointValue;
}

/** Bytes in hexadecimal digits, numbers as they are. */
export function valueText(value: PointValue): string {
  return typeof value === "number" ? String(value) : hex(value);
}

/** For JSON, which has no infinite numbers. */
export function valueJson(value: PointValue): number | string {
  return typeof value === "number" && Number.isFinite(value) ? value : valueText(value);
}

function hex({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("hex");
}
