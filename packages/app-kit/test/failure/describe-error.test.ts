import { CodedError } from "@foretile/resilience";
import { PredictionStoreError } from "@foretile/prediction-store";
import { StorageError } from "@foretile/storage";
import { VersionStoreError } from "@foretile/version-store";
import { expect, test } from "vitest";

import { AppError, EXIT, describeError, exitCodeOf } from "../../src/index.ts";

test("a typed error gets its message, those of its causes once each, a hint and an exit code", () => {
  const system = new Error("EROFS: read-only file system");
  const error = new StorageError("read-only", "cannot write path=/data", {
    cause: new Error("cannot write", { cause: system }),
  });
  expect(describeError(error)).toStrictEqual({
    code: "read-only",
    type: "StorageError",
    message: "cannot write path=/data: EROFS: read-only file system",
    hint: "choose a place that this user may write to, or check its permissions and its mount",
    exitCode: EXIT.store,
  });
});

test.each([
  [new StorageError("not-a-store", "x"), EXIT.store],
  [new StorageError("damaged", "x"), EXIT.damaged],
  [new StorageError("aborted", "x"), EXIT.interrupted],
  [new VersionStoreError("library-exists", "x"), EXIT.store],
  [new VersionStoreError("data-integrity", "x"), EXIT.damaged],
  [new PredictionStoreError("no-such-request", "x"), EXIT.notFound],
  [new PredictionStoreError("invalid-slice", "x"), EXIT.usage],
  [new PredictionStoreError("invalid-query", "x"), EXIT.usage],
  [new AppError("usage", "x"), EXIT.usage],
  [new AppError("input-rejected", "x"), EXIT.incomplete],
])("%s exits with %d", (error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});

test("an error of a program says itself how the program ends", () => {
  class ToolError extends CodedError<"half-done"> {
    override readonly name = "ToolError";
    readonly exitCode = EXIT.incomplete;
    readonly hint = "do the rest";

    constructor() {
      super("half-done", "half of it is done");
    }
  }
  expect(describeError(new ToolError())).toStrictEqual({
    code: "half-done",
    type: "ToolError",
    message: "half of it is done",
    hint: "do the rest",
    exitCode: EXIT.incomplete,
  });
});

test("an exit code that is not in the table is not taken", () => {
  const error = Object.assign(new Error("x"), { code: "y", exitCode: 77 });
  expect(exitCodeOf(error)).toBe(EXIT.unexpected);
});

test("an app's own hint is told", () => {
  expect(describeError(new AppError("usage", "x", { hint: "do y" })).hint).toBe("do y");
});

test.each([
  ["ENOENT", EXIT.notFound],
  ["EACCES", EXIT.store],
  ["EPIPE", EXIT.outputClosed],
])("the operating system's %s exits with %d", (code, exitCode) => {
  const error = Object.assign(new Error(`${code}: failed`), { code, syscall: "open" });
  expect(describeError(error)).toMatchObject({ code, message: `${code}: failed`, exitCode });
});

test("a failure of cleaning up does not hide the failure before it", () => {
  const first = new StorageError("full", "no room");
  const error = new SuppressedError(new Error("close failed"), first, "suppressed");
  expect(describeError(error)).toMatchObject({ code: "full", exitCode: EXIT.store });
});

test("anything else is called unexpected, on one line", () => {
  expect(describeError(new TypeError("a\n  b"))).toMatchObject({
    code: "unexpected",
    type: "TypeError",
    message: "unexpected failure: a b",
    exitCode: EXIT.unexpected,
  });
  expect(describeError("text").message).toBe("unexpected failure: text");
});

test("a code that is inherited by every object is no code of the table", () => {
  const error = Object.assign(new Error("x"), { name: "StorageError", code: "toString" });
  expect(describeError(error).exitCode).toBe(EXIT.unexpected);
});

test("causes that lead back to themselves end", () => {
  const error = new Error("round");
  error.cause = new Error("and round", { cause: error });
  expect(describeError(error).message).toBe("unexpected failure: round: and round");
});
