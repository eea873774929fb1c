import { expect, test } from "vitest";
import { runCommand } from "../src/run-command.mjs";

test("resolves with what was printed on stdout", async () => {
  expect(await runCommand(["sh", "-c", "echo out; echo err >&2"])).toBe("out\n");
});

test("a failure tells the last words of both streams", async () => {
  const script = "seq 100; echo why >&2; exit 3";
  await expect(runCommand(["sh", "-c", script])).rejects.toMatchObject({
    code: "failed",
    message: expect.stringMatching(/^sh failed \(exit code 3\)\n {4}87\n[^]* {4}100\n {4}why$/),
  });
});

test("a program that is not there is missing", async () => {
  await expect(runCommand(["/nowhere/program"])).rejects.toMatchObject({ code: "missing" });
});

test("an interruption ends it and is told as such", async () => {
  const controller = new AbortController();
  const running = runCommand(["sleep", "1000"], { signal: controller.signal });
  controller.abort(new Error("interrupted by SIGINT"));
  await expect(running).rejects.toThrow("interrupted by SIGINT");
});

test("one that takes too long is ended", async () => {
  const running = runCommand(["sleep", "1000"], { timeoutMs: 50 });
  await expect(running).rejects.toThrow("sleep failed (signal SIGTERM)");
});
