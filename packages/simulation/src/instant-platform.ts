import { createHash } from "node:crypto";

/** How many runs are under way. */
let users = 0;
let restore: readonly (() => void)[] = [];

/**
 * Lets the two things of the platform that product code waits for, and that run on other threads, happen at once:
 * hashing by `crypto.subtle.digest` and compiling WebAssembly. The order in which threads end is no part of a seed.
 *
 * @returns ends it, for this run
 */
export function makePlatformInstant(): () => void {
  if (users === 0) {
    restore = [
      replace(crypto.subtle, "digest", async (algorithm: AlgorithmIdentifier, data: BufferSource) =>
        digest(algorithm, data),
      ),
      replace(WebAssembly, "compile", async (bytes: BufferSource) => new WebAssembly.Module(bytes)),
    ];
  }
  users += 1;
  return () => {
    users -= 1;
    if (users > 0) return;
    for (const undo of restore) undo();
  };
}

function digest(algorithm: AlgorithmIdentifier, data: BufferSource): ArrayBuffer {
  const { name } = typeof algorithm === "string" ? { name: algorithm } : algorithm;
  const bytes = ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
  return new Uint8Array(createHash(name).update(bytes).digest()).buffer;
}

/** Replaces a method of one object, and gives what puts the old one back. */
function replace<T extends object, N extends keyof T & string>(
  target: T,
  name: N,
  method: T[N],
): () => void {
  const before = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { value: method, configurable: true, writable: true });
  return () => {
    if (before === undefined) Reflect.deleteProperty(target, name);
    else Object.defineProperty(target, name, before);
  };
}
