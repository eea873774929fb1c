import { readFile } from "node:fs/promises";

import { main } from "assemblyscript/asc";

/** The kernels, each a module of its own: the entry files of `assembly/`. */
export const kernelNames = ["tile", "hash", "crps", "price"] as const;

export type KernelName = (typeof kernelNames)[number];

const options = [
  "--outFile",
  "kernel.wasm",
  "-O3",
  "--noAssert",
  "--runtime",
  "stub",
  "--use",
  "abort=",
  "--importMemory",
  "--noExportMemory",
  "--enable",
  "simd",
  // v128 parameters never leave the module.
  "--disableWarning",
  "112",
];

/**
 * Compiles one kernel. The same sources give the same bytes, on every machine.
 *
 * @throws {Error} with what the compiler says
 */
export async function compileKernel(name: KernelName): Promise<Uint8Array> {
  const messages: string[] = [];
  let wasm: Uint8Array | undefined;
  const { error } = await main([`${name}.ts`, ...options], {
    readFile: readSource,
    stderr: { write: (text) => messages.push(String(text)) },
    writeFile: (_file, content) => {
      wasm = content as Uint8Array;
    },
  });
  if (error !== null || wasm === undefined) {
    throw new Error(`kernel does not compile name=${name}\n${messages.join("")}`, { cause: error });
  }
  return wasm;
}

/**
 * Sources have an extension of their own, because other tools take them for TypeScript otherwise. The compiler asks for
 * everything that could be there, its configuration included.
 */
async function readSource(file: string): Promise<string | null> {
  const source = new URL(`../assembly/${file.replace(/\.ts$/, ".as")}`, import.meta.url);
  try {
    return await readFile(source, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
