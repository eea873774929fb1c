import { existsSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test, vi } from "vitest";
import { runCommandLine } from "../src/command-line.mjs";

async function run(...args: string[]) {
  await using folder = await temporaryFolder();
  const path = join(folder.path, ".services");
  let stdout = "";
  let stderr = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
  const code = await runCommandLine(args, path);
  vi.restoreAllMocks();
  expect(existsSync(path)).toBe(false);
  return { code, stdout, stderr, path };
}

test.each([[[]], [["start"]], [["up", "redis"]], [["up", "--fast"]]])(
  "wrong use is answered with the usage: %j",
  async (args) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(
      /^usage: services up\|down\|status \[bigtable\] \[s3\] \[postgres\] \[outside\]/,
    );
  },
);

test("help goes to stdout", async () => {
  const { code, stdout, stderr } = await run("--help");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^usage: /);
});

test("status of what does not run says how to start it", async () => {
  const { code, stdout, stderr, path } = await run("status", "s3", "--json");
  expect(code).toBe(1);
  expect(stderr).toBe("s3: is not running: pnpm services up s3\n");
  const problem = "is not running: pnpm services up s3";
  expect(JSON.parse(stdout)).toEqual({
    folder: path,
    services: { s3: { running: false, problem } },
  });
});

test("stopping nothing is no failure", async () => {
  const { code, stdout } = await run("down");
  expect({ code, stdout }).toEqual({ code: 0, stdout: "Nothing was started here\n" });
});
