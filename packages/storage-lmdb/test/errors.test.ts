import { constants } from "node:os";

import { expect, test } from "vitest";
import { StorageError } from "@foretile/storage";
import { translateError } from "../src/errors.ts";

function withCode(code: number | string): Error {
  return Object.assign(new Error("foreign"), { code });
}

test.each([
  [constants.errno.ENOSPC, "full", "never"],
  [constants.errno.EDQUOT, "full", "never"],
  ["EFBIG", "full", "never"],
  [-30792, "full", "never"],
  ["EROFS", "read-only", "never"],
  [constants.errno.EACCES, "permission-denied", "never"],
  [constants.errno.EIO, "unavailable", "safe"],
  [-30790, "unavailable", "safe"],
  [-30796, "damaged", "never"],
  [-1, "unknown", "never"],
])("%s becomes %s", (code, expected, retry) => {
  const cause = withCode(code);
  expect(translateError(cause, "writing")).toMatchObject({ code: expected, retry, cause });
});

test("a failed commit leaves its outcome open, unless the disk was full", () => {
  expect(translateError(withCode(constants.errno.EIO), "committing").retry).toBe("unknown-outcome");
  expect(translateError(new Error("no code"), "committing").retry).toBe("unknown-outcome");
  expect(translateError(withCode("ENOSPC"), "committing").retry).toBe("never");
});

test("errors of the store pass unchanged", () => {
  const error = new StorageError("conflict", "message");
  expect(translateError(error, "committing")).toBe(error);
});
