import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { temporaryFolder } from "@foretile/testkit";
import { openBigtableStore, probeBigtable } from "../src/index.ts";

afterEach(() => vi.unstubAllEnvs());

test("credentials that cannot be had are named as such, without a call", async () => {
  await using folder = await temporaryFolder();
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", join(folder.path, "missing.json"));
  // No emulator, whatever the environment says.
  const place = { project: "project", instance: "instance", prefix: "p", emulatorHost: "" };
  await expect(openBigtableStore({ ...place, mode: "read" })).rejects.toMatchObject({
    code: "permission-denied",
    retry: "never",
    message: expect.stringContaining("gcloud auth application-default login"),
    cause: expect.any(Error),
  });
  expect(await probeBigtable(place)).toEqual([
    expect.objectContaining({
      what: "endpoint bigtable.googleapis.com",
      ok: false,
      remedy: expect.stringContaining("GOOGLE_APPLICATION_CREDENTIALS"),
    }),
  ]);
});
