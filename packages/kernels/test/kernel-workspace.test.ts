import { KernelMemory, KernelWorkspace, loadCrpsKernel, loadTileKernel } from "@foretile/kernels";
import { describe, expect, test } from "vitest";

import { canRunKernel, instantiateKernel } from "../src/instantiate-kernel.ts";

/** Stands for a kernel. */
function load(memory: KernelMemory): { readonly memory: KernelMemory } {
  return { memory };
}

describe("a workspace", () => {
  test("of its own grows with what is asked for, and keeps what is large enough", () => {
    const workspace = new KernelWorkspace(load, undefined);
    const first = workspace.take(1_000);
    expect(workspace.take(10)).toBe(first);
    const second = workspace.take(200_000);
    expect(second?.memory).not.toBe(first?.memory);
    expect(second?.kernel.memory).toBe(second?.memory);
    expect(second?.memory.bytes.length).toBeGreaterThan(200_000);
    expect(workspace.isShared(new Uint8Array(1))).toBe(false);
  });

  test("in shared memory takes regions of it, and none when it is full", () => {
    const memory = new KernelMemory(1_000);
    const workspace = new KernelWorkspace(load, memory);
    const first = workspace.take(300);
    const second = workspace.take(600);
    expect([first?.memory, second?.memory]).toEqual([memory, memory]);
    expect((second?.start ?? 0) - (first?.start ?? 0)).toBeGreaterThanOrEqual(300);
    expect(workspace.take(601)).toBeUndefined();
    expect(workspace.take(600)).toBe(second);
    expect(workspace.isShared(memory.bytes.subarray(3))).toBe(true);
  });

  test("has no place without a kernel", () => {
    const memory = new KernelMemory(1_000);
    expect(new KernelWorkspace(() => undefined, memory).take(100)).toBeUndefined();
    expect(memory.freeBytes).toBe(1_008);
  });
});

test("what does not compile is no kernel", () => {
  const garbage = btoa("not a module");
  expect(canRunKernel(garbage)).toBe(false);
  expect(instantiateKernel(garbage, new KernelMemory(1))).toBeUndefined();
});

test("kernels ask for nothing but memory", () => {
  const memory = new KernelMemory(1);
  for (const loadKernel of [loadTileKernel, loadCrpsKernel]) {
    const kernel = loadKernel(memory);
    expect(Object.values(kernel ?? {}).every((value) => typeof value === "function")).toBe(true);
    expect(Object.keys(kernel ?? {}).length).toBeGreaterThan(1);
  }
});
