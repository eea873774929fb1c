/** Compiles all kernels and writes them below `src/generated`. Run it after a change below `assembly/`. */
import { writeFileSync } from "node:fs";

import { compileKernel, kernelNames } from "./compile-kernel.ts";
import { kernelModule, kernelModuleUrl } from "./kernel-module.ts";

for (const name of kernelNames) {
  writeFileSync(kernelModuleUrl(name), kernelModule(name, await compileKernel(name)));
}
