import { open } from "node:fs/promises";

import { AppError } from "@foretile/app-kit";

/** Many times what any of these files takes; keeps a wrong one from filling the memory. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The text of a small file.
 *
 * @param what what the file is, for messages: `label file`
 * @throws {AppError} `usage` for one of more than 4 MiB
 */
export async function readBoundedFile(path: string, what: string): Promise<string> {
  await using file = await open(path, "r");
  const bytes = new Uint8Array(MAX_BYTES + 1);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  if (length > MAX_BYTES) {
    throw new AppError("usage", `${what} is too large file=${path} limit_bytes=${MAX_BYTES}`);
  }
  return new TextDecoder().decode(bytes.subarray(0, length));
}
