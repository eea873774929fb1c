import { readFileSync } from "node:fs";
import type { KernelName } from "./compile-kernel.ts";

/** Where the bytes of a kernel are kept. */
export function kernelModuleUrl(name: KernelName): URL {
  return new URL(`../src/generated/${name}-kernel.ts`, import.meta.url);
}

/** The source file that holds a kernel's bytes. */
export function kernelModule(name: KernelName, wasm: Uint8Array): string {
  return [
    `// Made of assembly/${name}.as by "pnpm --filter @foretile/kernels compile"; do not edit.`,
    `export const ${name}Kernel: string =`,
    `  "${Buffer.from(wasm).toString("base64")}";`,
    "",
  ].join("\n");
}

/** What is kept now. */
export function readKernelModule(name: KernelName): string {
  return readFileSync(kernelModuleUrl(name), "utf8");
}
