import { expect, test } from "vitest";

import { compileKernel, kernelNames } from "../compile/compile-kernel.ts";
import { kernelModule, readKernelModule } from "../compile/kernel-module.ts";

// The compiler needs seconds, and more beside other tests.
const timeoutMs = 300_000;

test.each(kernelNames)(
  "%s: the sources give the bytes that are kept",
  async (name) => {
    // Compared as a whole: a difference is not worth printing.
    const same = kernelModule(name, await compileKernel(name)) === readKernelModule(name);
    expect(same, `run: pnpm --filter @foretile/kernels compile`).toBe(true);
  },
  timeoutMs,
);
