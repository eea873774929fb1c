import { PassThrough } from "node:stream";

import { createInstantClock } from "@foretile/testkit";

import type { ProgramContext } from "../../src/index.ts";

/** A program's context whose streams keep what is written to them. */
export interface TestContext extends ProgramContext {
  output(): string;
  errors(): string;
}

export function testContext(
  argv: readonly string[],
  overrides: Partial<ProgramContext> = {},
): TestContext {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  return {
    name: "tool",
    argv,
    env: {},
    stdin: new PassThrough(),
    stdout,
    stderr,
    signal: new AbortController().signal,
    clock: createInstantClock({ startMs: 0 }),
    exitCode: 0,
    ...overrides,
    output: () => String(stdout.read() ?? ""),
    errors: () => String(stderr.read() ?? ""),
  };
}
