import { open } from "node:fs/promises";

/** Keeps the bytes of damaged records in a file. */
export interface DamagedFile extends AsyncDisposable {
  /** Adds a record; it is on the disk when this resolves. */
  save(key: string, bytes: Uint8Array): Promise<void>;
}

/** Opens a file that gets a line `{"key","base64"}` per record. What is in it already stays. */
export async function openDamagedFile(path: string): Promise<DamagedFile> {
  const file = await open(path, "a");
  return {
    save: async (key, { buffer, byteOffset, byteLength }) => {
      const base64 = Buffer.from(buffer, byteOffset, byteLength).toString("base64");
      await file.appendFile(`${JSON.stringify({ key, base64 })}\n`);
      await file.sync();
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}
