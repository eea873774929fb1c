import { openMemoryStore } from "@foretile/storage/memory";
import { createCallCounter, withObserver } from "@foretile/storage/layers";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { expect, test } from "vitest";
import { createLibrary, type Library } from "../../src/index.ts";

async function commit(library: Library, text: string): Promise<number> {
  const bytes = new TextEncoder().encode(text);
  await using transaction = await library.begin("s");
  const segment = library.segmentCodec.encode([{ bytes, elementBytes: 1 }]);
  const entry = await transaction.putSegment(segment.bytes, segment.hash);
  const { version } = await transaction.commit(() => ({
    manifest: { handler: "text", body: {}, segments: [entry] },
    identity: bytes,
    rawBytes: bytes.length,
  }));
  return version;
}

test("content of one's own is written with the library's codecs, and looked at by one read", async () => {
  const counter = createCallCounter();
  const clock = createInstantClock({ startMs: 1_512_561_600_000 });
  const library = await createLibrary({
    store: withObserver(openMemoryStore(), { clock, observe: counter.observe }),
    clock,
    random: createSeededRandom(1),
  });
  const text = "words ".repeat(500);
  await commit(library, text);
  counter.reset();
  const entry = await library.resolveEntry("s");
  expect([...counter.totals()].map(([operation, { calls }]) => [operation, calls])).toEqual([
    ["refs.read", 1],
  ]);
  await commit(library, "other words");
  expect((await library.resolveEntry("s")).commitId).not.toBe(entry.commitId);
  expect((await library.resolveEntry("s", { asOf: 1 })).commitId).toBe(entry.commitId);

  const { manifest, version } = await library.readVersion("s", entry);
  expect(version).toBe(1);
  const [segment] = manifest.segments;
  if (segment === undefined) throw new Error("the version has no segment");
  expect(segment.length).toBeLessThan(text.length / 4);
  const stored = await library.readSegment(segment);
  const [part] = library.segmentCodec.decode(stored, segment.hash);
  expect(new TextDecoder().decode(part?.bytes)).toBe(text);
  stored[40] = (stored[40] ?? 0) ^ 1;
  expect(() => library.segmentCodec.decode(stored, segment.hash)).toThrow("segment");
});
