import { StorageError } from "@foretile/storage";
import { expect, test } from "vitest";

import { AppError, EXIT, runMain } from "../../src/index.ts";
import { testContext } from "../support/test-context.ts";

const failing = (error: unknown) => async (): Promise<never> => {
  throw error;
};

test("a program's exit code is what it returns, else what it set, else 0", async () => {
  expect(await runMain(async () => 4, testContext([]))).toBe(4);
  const context = testContext([]);
  const set = async (): Promise<void> => {
    context.exitCode = EXIT.damaged;
  };
  expect(await runMain(set, context)).toBe(EXIT.damaged);
  expect(await runMain(async () => undefined, testContext([]))).toBe(0);
});

test("a failure is a line and a hint on standard error", async () => {
  const context = testContext([]);
  const error = new StorageError("full", "no room left path=/data");
  expect(await runMain(failing(error), context)).toBe(EXIT.store);
  expect(context.errors()).toBe(
    "tool: no room left path=/data\nhint: make room where the store lives, then run the same again\n",
  );
  expect(context.output()).toBe("");
});

test("with --json it is one line of JSON there", async () => {
  const context = testContext(["--json"]);
  await runMain(failing(new AppError("usage", "no store given")), context);
  expect(context.errors()).toBe(
    '{"error":{"code":"usage","type":"AppError","message":"no store given","exit_code":2}}\n',
  );
});

test("a --json behind -- is an argument like any other", async () => {
  const context = testContext(["--", "--json"]);
  await runMain(failing(new AppError("usage", "wrong")), context);
  expect(context.errors()).toBe("tool: wrong\n");
});

test("the stack is shown only on request", async () => {
  const quiet = testContext([]);
  await runMain(failing(new TypeError("broken")), quiet);
  expect(quiet.errors()).not.toContain("run-main.test.ts");
  const debug = testContext([], { env: { FORETILE_DEBUG: "1" } });
  await runMain(failing(new TypeError("broken")), debug);
  expect(debug.errors()).toContain("run-main.test.ts");
});

test.each([
  ["the store's own error", new StorageError("aborted", "aborted")],
  ["an AbortError", new DOMException("This operation was aborted", "AbortError")],
])("after a signal %s means that the program was interrupted", async (_, error) => {
  const signal = AbortSignal.abort(new AppError("interrupted", "interrupted signal=SIGINT"));
  const context = testContext([], { signal });
  expect(await runMain(failing(error), context)).toBe(EXIT.interrupted);
  expect(context.errors()).toBe("tool: interrupted signal=SIGINT\n");
});

test("after a signal another failure is still told", async () => {
  const signal = AbortSignal.abort(new AppError("interrupted", "interrupted"));
  const context = testContext([], { signal });
  expect(await runMain(failing(new StorageError("full", "no room")), context)).toBe(EXIT.store);
});

test("nothing is said when the reader of the output went away", async () => {
  const signal = AbortSignal.abort(new AppError("output-closed", "gone"));
  const context = testContext([], { signal });
  expect(await runMain(failing(signal.reason), context)).toBe(EXIT.outputClosed);
  expect(context.errors()).toBe("");
});
