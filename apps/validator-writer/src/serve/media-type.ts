import { WriterError } from "../writer-error.ts";

/** The encodings that bodies come in. */
export type MediaType = "json" | "msgpack";

const types: ReadonlyMap<string, MediaType> = new Map([
  ["application/json", "json"],
  ["application/msgpack", "msgpack"],
  ["application/x-msgpack", "msgpack"],
  ["application/vnd.msgpack", "msgpack"],
]);

/**
 * Reads a `content-type` header; parameters do not matter, because JSON is UTF-8 and checked to be.
 *
 * @throws {WriterError} `unsupported-media-type` for any other type than `accepted`, and for none
 */
export function parseMediaType(
  contentType: string | undefined,
  accepted: readonly MediaType[],
): MediaType {
  const name = (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const type = types.get(name);
  if (type !== undefined && accepted.includes(type)) return type;
  throw new WriterError(
    "unsupported-media-type",
    `content type must be ${accepted.map((known) => `application/${known}`).join(" or ")}`,
  );
}
