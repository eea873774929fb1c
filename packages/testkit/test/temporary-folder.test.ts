import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../src/index.ts";

test("the folder is there while in use and gone with its files afterwards", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder.path, "file"), "text");
  await folder[Symbol.asyncDispose]();
  await expect(access(folder.path)).rejects.toThrow("ENOENT");
});
