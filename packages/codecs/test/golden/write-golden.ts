/**
 * Writes the files of `golden.json` that are not there yet, with the codec of today; existing ones are never touched.
 * For a new format version or mode, add entries (without hashes) and run `pnpm golden:write` once; then copy the
 * hashes. Tests never run it.
 */
import { writeFileSync } from "node:fs";

import { createTileCodec } from "@foretile/codecs";
import { lz4Compressor } from "@foretile/codecs/lz4";
import { createDocumentCodec } from "@foretile/codecs/msgpack";
import { zstdCompressor } from "@foretile/codecs/zstd";

import { tileFromHex } from "../helpers/float-bits.ts";
import { untag } from "../helpers/tagged-document.ts";
import { readGolden } from "./read-golden.ts";

function writeOnce(file: string, content: Uint8Array): void {
  try {
    writeFileSync(new URL(file, import.meta.url), content, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

const { frames, documents } = readGolden();
const tileCodec = await createTileCodec({ compressor: lz4Compressor, zstd: zstdCompressor });
for (const { file, mode, simulations, steps, panels, tileBytes } of frames) {
  const shape = { simulations, steps };
  writeOnce(file, tileCodec.encode(tileFromHex(tileBytes), shape, { mode, panels }).bytes);
}
const documentCodec = await createDocumentCodec();
for (const { file, kind, version, content } of documents) {
  writeOnce(file, documentCodec.seal(kind, version, untag(content)));
}
