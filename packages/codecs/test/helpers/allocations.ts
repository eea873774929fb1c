import { vi } from "vitest";

const arrays = ["Float32Array", "Int32Array", "Uint32Array", "Uint8Array", "ArrayBuffer"] as const;

/** Runs `run` and returns the length in bytes of the largest array or buffer that was made by length meanwhile. */
export function largestAllocation(run: () => unknown): number {
  let largest = 0;
  for (const name of arrays) {
    const original: new (...parameters: unknown[]) => object = globalThis[name];
    const elementBytes = name === "ArrayBuffer" ? 1 : globalThis[name].BYTES_PER_ELEMENT;
    vi.stubGlobal(
      name,
      new Proxy(original, {
        construct(target, parameters) {
          const [length] = parameters as unknown[];
          if (typeof length === "number") largest = Math.max(largest, length * elementBytes);
          return Reflect.construct<unknown[], object>(target, parameters, target);
        },
      }),
    );
  }
  try {
    run();
  } finally {
    vi.unstubAllGlobals();
  }
  return largest;
}
