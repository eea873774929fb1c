import { expect, test } from "vitest";

import packageJson from "../../package.json" with { type: "json" };
import { EXIT } from "../../src/index.ts";
import { launch } from "../../src/program/launch.ts";

async function launchOn(
  version: string,
): Promise<{ loaded: boolean; errors: string; exitCode: number | undefined }> {
  const run = { loaded: false, errors: "", exitCode: undefined };
  const host = {
    versions: { node: version },
    stderr: { write: (text: string) => (run.errors += text) },
    exitCode: undefined,
  };
  await launch(async () => {
    run.loaded = true;
  }, host);
  return { ...run, exitCode: host.exitCode };
}

test.each(["24.11.0", "24.12.3", "25.0.0", "26.0.0-nightly20260101"])(
  "on Node %s the program is loaded",
  async (version) => {
    expect(await launchOn(version)).toEqual({ loaded: true, errors: "", exitCode: undefined });
  },
);

test.each(["24.10.9", "23.11.0", "20.20.2", "18.0.0"])(
  "on Node %s it says what it needs",
  async (version) => {
    expect(await launchOn(version)).toEqual({
      loaded: false,
      errors: `foretile needs Node 24.11 or newer, this is v${version}\n`,
      exitCode: EXIT.usage,
    });
  },
);

test("the oldest Node is that of the manifests", () => {
  expect(packageJson.engines.node).toBe(">=24.11");
});

test("a program that fails to load fails", async () => {
  await expect(launch(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
});
