import type { KernelMemory } from "./kernel-memory.ts";

/** Compiled once a thread; `undefined` where that is not possible. */
const modules = new Map<string, WebAssembly.Module | undefined>();

/**
 * Compiles a kernel, once, and ties it to a memory.
 *
 * @param base64 the module's bytes
 * @returns its functions; `undefined` where WebAssembly or its vectors are missing or forbidden
 */
export function instantiateKernel(
  base64: string,
  { memory }: KernelMemory,
): WebAssembly.Exports | undefined {
  const module = moduleOf(base64);
  if (module === undefined) return undefined;
  return new WebAssembly.Instance(module, { env: { memory } }).exports;
}

/** `true` when a kernel can run here. */
export function canRunKernel(base64: string): boolean {
  return moduleOf(base64) !== undefined;
}

function moduleOf(base64: string): WebAssembly.Module | undefined {
  if (!modules.has(base64)) modules.set(base64, compile(base64));
  return modules.get(base64);
}

function compile(base64: string): WebAssembly.Module | undefined {
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  // A call for each letter would take as long as compiling.
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  try {
    return new WebAssembly.Module(bytes);
  } catch {
    // No WebAssembly, none with vectors, or a page that may not compile: callers have a plain way.
    return undefined;
  }
}
