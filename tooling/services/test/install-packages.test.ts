import { chmod, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test, vi } from "vitest";
import { installPackages } from "../src/install-packages.mjs";

/** Puts an apt-get on the PATH that writes down how it is called, and then runs the script. */
async function withAptGet(script: string) {
  const folder = await temporaryFolder();
  const calls = join(folder.path, "calls");
  const program = join(folder.path, "apt-get");
  const text = `#!/bin/sh\necho "$DEBIAN_FRONTEND $*" >>"${calls}"\n${script}\n`;
  await writeFile(program, text);
  await chmod(program, 0o755);
  vi.stubEnv("PATH", folder.path + delimiter + process.env["PATH"]);
  return {
    calls: async () => (await readFile(calls, "utf8")).trim().split("\n"),
    async [Symbol.asyncDispose]() {
      vi.unstubAllEnvs();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const INSTALL = expect.stringMatching(
  /^noninteractive .*DPkg::Lock::Timeout=\d+ install -y --no-install-recommends one two$/,
);
const UPDATE = expect.stringMatching(/^noninteractive .* update$/);

test("installs all at once, without asking", async () => {
  await using apt = await withAptGet("exit 0");
  await installPackages(["one", "two"]);
  expect(await apt.calls()).toEqual([INSTALL]);
});

test("looks for newer lists only when those at hand do not do", async () => {
  // Fails until the lists were updated.
  await using apt = await withAptGet('grep -q " update$" "$(dirname "$0")/calls"');
  await installPackages(["one", "two"]);
  expect(await apt.calls()).toEqual([INSTALL, UPDATE, INSTALL]);
});

test("says what apt-get said when it fails", async () => {
  await using apt = await withAptGet("echo 'E: no such package' >&2; exit 100");
  await expect(installPackages(["one", "two"])).rejects.toMatchObject({
    code: "missing",
    message: expect.stringMatching(/could not be installed: one two[^]*E: no such package/),
  });
  expect(await apt.calls()).toEqual([INSTALL, UPDATE]);
});
