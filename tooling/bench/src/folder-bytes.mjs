import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";

const BLOCK_BYTES = 512;

/** Bytes that the files of a folder take on the disk: holes cost nothing. */
export async function bytesOnDisk(folder) {
  let bytes = 0;
  for (const file of await filesIn(folder)) bytes += (await stat(file)).blocks * BLOCK_BYTES;
  return bytes;
}

/** Makes durable what was written by something that does not: every file of a folder, and the folders' entries. */
export async function flushFolder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory());
  const paths = [
    ...(await filesIn(folder)),
    ...folders.map(({ parentPath, name }) => join(parentPath, name)),
    folder,
  ];
  for (const path of paths) {
    const handle = await open(path);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}
