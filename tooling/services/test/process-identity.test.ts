import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { processIdentity } from "../src/process-identity.mjs";

test("a process keeps its identity, and shares it with no other", async () => {
  const mine = processIdentity(process.pid);
  expect(mine).not.toBeNull();
  // Starts within the same unit of the clock would be the same identity; a Node process takes longer to start.
  const other = spawn(process.execPath, ["-e", "console.log(1); process.stdin.resume()"]);
  await once(other.stdout, "data");
  const pid = other.pid ?? 0;
  expect(processIdentity(pid)).not.toBe(mine);
  expect(processIdentity(pid)).not.toBeNull();
  expect(processIdentity(process.pid)).toBe(mine);
  other.kill("SIGKILL");
  await once(other, "close");
  expect(processIdentity(pid)).toBeNull();
});

test("one that ended and was not collected does not run", async () => {
  // The shell starts a child and becomes a program that never collects it.
  const parent = spawn("sh", ["-c", "sleep 1000 & echo $!; exec cat"]);
  const lines = createInterface({ input: parent.stdout });
  const [line] = await once(lines, "line");
  const pid = Number(line);
  expect(processIdentity(pid)).not.toBeNull();
  process.kill(pid, "SIGKILL");
  await expect.poll(() => processIdentity(pid)).toBeNull();
  expect(() => process.kill(pid, 0)).not.toThrow();
  parent.kill("SIGKILL");
  await once(parent, "close");
});
