import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** CRC-32 (ISO 3309, as in gzip) as 32 bits without sign. */
export function crcOf(bytes: Uint8Array, before = 0): number {
  return crc32(bytes, before);
}

/** As user metadata holds it: 8 lower-case hexadecimal digits. */
export function crcHex(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}

/** As S3's checksum headers hold it: base64 of the big-endian bytes. */
export function crcBase64(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString("base64");
}

/** MD5 for the server's use only: it proves the way, not the origin. */
export function md5Of(bytes: Uint8Array): Buffer {
  return createHash("md5").update(bytes).digest();
}

/** An ETag without the quotes that HTTP puts around it. */
export function bareEtag(etag: string | undefined): string {
  return (etag ?? "").replace(/^(?:W\/)?"?/, "").replace(/"$/, "");
}
