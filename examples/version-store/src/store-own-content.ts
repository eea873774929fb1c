import { contentHash, type Library } from "@foretile/version-store";
import type { Log } from "./tour.ts";

/** A kind of content that the version store does not know. */
export async function storeOwnContent(library: Library, log: Log): Promise<void> {
  const bytes = new TextEncoder().encode("<svg/>");
  const hash = (await contentHash(bytes)).slice(0, 16);

  await using transaction = await library.begin("drawings/d1");
  const segment = await transaction.putSegment(bytes, hash);
  await transaction.commit(() => ({
    manifest: { handler: "drawing", body: { type: "image/svg+xml" }, segments: [segment] },
    identity: bytes,
    rawBytes: bytes.length,
  }));

  const { version, manifest } = await library.resolve("drawings/d1");
  for (const stored of manifest.segments) {
    const read = await library.readSegment(stored);
    log(version, manifest.body, new TextDecoder().decode(read));
  }
}
