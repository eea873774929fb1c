import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

const programPath = fileURLToPath(new URL("../support/sample-program.ts", import.meta.url));

/** Starts the sample program and waits until it is at work. */
async function start(behaviour: string) {
  const argv = ["--conditions=@foretile/source", programPath, behaviour];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  await once(child.stdout, "data");
  const end = async (): Promise<{ exitCode: number | null; errors: string }> => {
    child.stdout.resume();
    const [exitCode] = (await once(child, "close")) as [number | null];
    return { exitCode, errors };
  };
  return { child, end };
}

test.each(["SIGINT", "SIGTERM"] as const)("%s interrupts the work", async (signal) => {
  const { child, end } = await start("wait");
  child.kill(signal);
  expect(await end()).toStrictEqual({
    exitCode: 130,
    errors: `sample: interrupted signal=${signal}\n`,
  });
});

test("a program that ends in order after a signal is done", async () => {
  const { child, end } = await start("finish-on-signal");
  child.kill("SIGTERM");
  expect(await end()).toStrictEqual({ exitCode: 0, errors: "" });
});

test("a second signal ends a program that does not listen", async () => {
  const { child, end } = await start("ignore-signal");
  const ended = end();
  // Signals of one kind that arrive together are one; so send them until the process is gone.
  while (child.exitCode === null && child.signalCode === null) {
    child.kill("SIGINT");
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await ended).toStrictEqual({ exitCode: 130, errors: "" });
});

test("a reader that goes away ends the program quietly", async () => {
  const { child, end } = await start("print");
  child.stdout.destroy();
  expect(await end()).toStrictEqual({ exitCode: 141, errors: "" });
});

test("a rejection that nobody handles is told and ends the program", async () => {
  const { end } = await start("reject-unheard");
  const { exitCode, errors } = await end();
  expect(exitCode).toBe(1);
  expect(errors).toContain("sample: unexpected failure: nobody listens\n");
});
