/** A program for tests of what happens to a whole process. Its first argument says what it does. */
import { runProgram, writeText, type ProgramContext } from "../../src/index.ts";

await runProgram("sample", async (context) => {
  const [behaviour = ""] = context.argv;
  await writeText(context.stdout, "ready\n");
  switch (behaviour) {
    case "wait":
      return waitForSignal(context);
    case "finish-on-signal":
      return waitForSignal(context).catch(() => undefined);
    case "ignore-signal":
      return new Promise<void>(() => setInterval(() => undefined, 1000));
    case "print":
      for (;;) await writeText(context.stdout, "line\n".repeat(1000));
    case "reject-unheard":
      void Promise.reject(new Error("nobody listens"));
      return new Promise<void>(() => setInterval(() => undefined, 1000));
    default:
      throw new Error(`no such behaviour name=${behaviour}`);
  }
});

function waitForSignal({ signal }: ProgramContext): Promise<void> {
  // Keeps the process alive, as a pending call of a store would.
  const timer = setInterval(() => undefined, 1000);
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => {
      clearInterval(timer);
      reject(signal.reason as Error);
    });
  });
}
