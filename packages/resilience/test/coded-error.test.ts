import { expect, test } from "vitest";
import { CodedError, codedErrorGuard, retryAdvice } from "../src/index.ts";

class ProbeError extends CodedError<"one" | "two"> {
  override readonly name = "ProbeError";
}
/** As the class of another copy of the package looks: the same name, no relation. */
class OtherProbeError extends CodedError<"one" | "two"> {
  override readonly name = "ProbeError";
}
const isProbeError = codedErrorGuard<ProbeError>("ProbeError");

test("an error carries its code, advice, details and cause", () => {
  const cause = new Error("below");
  const error = new ProbeError("one", "went wrong key=k", {
    retry: "safe",
    cause,
    details: { key: "k" },
  });
  expect(error).toMatchObject({ code: "one", retry: "safe", details: { key: "k" }, cause });
  expect(new ProbeError("two", "text")).toMatchObject({ retry: "never", details: {} });
  expect("cause" in new ProbeError("two", "text")).toBe(false);
});

test("a guard knows its class by name and narrows to codes", () => {
  expect(isProbeError(new ProbeError("one", "text"))).toBe(true);
  expect(isProbeError(new OtherProbeError("one", "text"), "two", "one")).toBe(true);
  expect(isProbeError(new ProbeError("one", "text"), "two")).toBe(false);
  expect(isProbeError(new Error("text"))).toBe(false);
  expect(isProbeError({ name: "ProbeError", code: "one" })).toBe(false);
  expect(isProbeError(undefined)).toBe(false);
});

test("advice is read from any error that carries it", () => {
  expect(retryAdvice(new ProbeError("one", "text", { retry: "unknown-outcome" }))).toBe(
    "unknown-outcome",
  );
  expect(retryAdvice(Object.assign(new Error("text"), { retry: "often" }))).toBeUndefined();
  expect(retryAdvice(new Error("text"))).toBeUndefined();
  expect(retryAdvice({ retry: "safe" })).toBeUndefined();
});
