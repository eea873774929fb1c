import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";
import { StateFolder } from "../src/state-folder.mjs";

async function stateFolder() {
  const folder = await temporaryFolder();
  const state = new StateFolder(join(folder.path, ".services"));
  state.create();
  return { state, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

const record = {
  version: 1 as const,
  name: "s3",
  state: "running" as const,
  processes: [],
  folders: [] as string[],
  connection: { host: "127.0.0.1", port: 1 },
};

test("a record is read as it was written, by its user only", async () => {
  await using made = await stateFolder();
  const { state } = made;
  expect(state.read("s3")).toBeNull();
  state.write(record);
  expect(state.read("s3")).toEqual(record);
  const { mode } = await stat(state.recordPath("s3"));
  expect(mode & 0o777).toBe(0o600);
});

test.each([
  ["no JSON", "{"],
  ["of a later version", JSON.stringify({ ...record, version: 2 })],
  ["of another server", JSON.stringify({ ...record, name: "postgres" })],
])("a record that is %s is refused with its path", async (_, text) => {
  await using made = await stateFolder();
  const { state } = made;
  await writeFile(state.recordPath("s3"), text);
  expect(() => state.read("s3")).toThrow(`delete the file, path=${state.recordPath("s3")}`);
});

test("removing takes the server's folders and leaves what is not ours", async () => {
  await using made = await stateFolder();
  const { state } = made;
  const ours = await mkdtemp(join(tmpdir(), "foretile-"));
  const foreign = join(state.path, "foreign");
  await mkdir(foreign);
  await mkdir(state.serviceFolder("s3"));
  const full = { ...record, folders: [ours, foreign] };
  state.write(full);
  state.remove(full);
  expect(existsSync(ours)).toBe(false);
  expect(existsSync(state.serviceFolder("s3"))).toBe(false);
  expect(state.read("s3")).toBeNull();
  expect(existsSync(foreign)).toBe(true);
  state.removeIfEmpty();
  expect(existsSync(state.path)).toBe(true);
  await rm(foreign, { recursive: true });
  state.removeIfEmpty();
  expect(existsSync(state.path)).toBe(false);
});
