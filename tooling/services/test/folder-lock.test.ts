import { existsSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";
import { withFolderLock } from "../src/folder-lock.mjs";
import { processIdentity } from "../src/process-identity.mjs";
import { StateFolder } from "../src/state-folder.mjs";

const { signal } = new AbortController();
const onWait = () => {};

async function lockedBy(owner: { pid: number; identity: string }) {
  const folder = await temporaryFolder();
  const state = new StateFolder(join(folder.path, ".services"));
  state.create();
  const path = join(state.path, "lock");
  await writeFile(path, JSON.stringify(owner));
  return { state, path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

test("the folder goes when nothing was left in it", async () => {
  await using folder = await temporaryFolder();
  const state = new StateFolder(join(folder.path, ".services"));
  const files = await withFolderLock(state, { signal, onWait }, () => readdir(state.path));
  expect(files).toEqual(["lock"]);
  expect(existsSync(state.path)).toBe(false);
});

test("the lock goes with a failure", async () => {
  await using folder = await temporaryFolder();
  const state = new StateFolder(join(folder.path, ".services"));
  const failing = withFolderLock(state, { signal, onWait }, () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  expect(existsSync(state.path)).toBe(false);
});

test("waits for a living owner, until it is told to stop", async () => {
  const identity = processIdentity(process.pid) ?? "";
  await using made = await lockedBy({ pid: process.pid, identity });
  const controller = new AbortController();
  const waited: number[] = [];
  const blocked = withFolderLock(
    made.state,
    {
      signal: controller.signal,
      onWait: (pid) => {
        waited.push(pid);
        controller.abort(new Error("told to stop"));
      },
    },
    () => Promise.reject(new Error("ran beside the owner")),
  );
  await expect(blocked).rejects.toThrow("told to stop");
  expect(waited).toEqual([process.pid]);
  expect(existsSync(made.path)).toBe(true);
});

test("a dead owner's lock is taken over", async () => {
  await using made = await lockedBy({ pid: process.pid, identity: "of an earlier process" });
  const files = await withFolderLock(made.state, { signal, onWait }, () =>
    readdir(made.state.path),
  );
  expect(files).toEqual(["lock"]);
});
