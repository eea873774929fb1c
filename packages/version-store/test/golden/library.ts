import type { Library } from "../../src/index.ts";
import { openTestLibrary, type TestLibrary } from "../open-test-library.ts";

/** What the golden library holds: enough versions for one page of history, a segment, and names of every kind. */
export async function writeGoldenLibrary(): Promise<TestLibrary> {
  const opened = await openTestLibrary();
  for (let version = 1; version <= 70; version += 1) {
    await writeSegment(opened.library, "series/a#1", `text ${version}`);
  }
  await writeSegment(opened.library, "é 🎲", "unicode");
  await writeSegment(opened.library, "long ".repeat(100), "hashed name");
  return opened;
}

async function writeSegment(library: Library, symbol: string, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  await using transaction = await library.begin(symbol);
  const segment = await transaction.putSegment(bytes, new Uint8Array(16).fill(bytes.length));
  await transaction.commit(() => ({
    manifest: { handler: "golden", body: { text, half: 0.5, list: [1, -1, true] }, segments: [segment] },
    identity: bytes,
    rawBytes: bytes.length,
  }));
}
