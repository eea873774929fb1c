import type { OutputStream } from "../program/program-context.ts";

/**
 * Writes and waits until the stream took it, so that a program that prints more than its reader takes does not fill the
 * memory.
 *
 * @throws the stream's error, such as `EPIPE`
 */
export function writeText(stream: OutputStream, chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}

/** Writes a value as one line of JSON. Members that are `undefined` are left out. */
export function writeJsonLine(stream: OutputStream, value: unknown): Promise<void> {
  return writeText(stream, `${JSON.stringify(value)}\n`);
}
