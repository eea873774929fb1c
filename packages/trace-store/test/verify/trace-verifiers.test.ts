import { segmentOwnerKey } from "@foretile/version-store";
import { expect, test } from "vitest";
import { createTraceVerifiers } from "../../src/index.ts";
import { openTestTraces } from "../store/open-test-traces.ts";

test("a check reads every byte of every tile, and finds the one that is wrong", async () => {
  const { store, library, traces } = await openTestTraces({ valueType: "float32", tileSize: 4 });
  for (let position = 0; position < 10; position += 1) {
    await traces.append(position, [{ params: { a: "1" }, value: position }]);
  }
  const verifiers = createTraceVerifiers(library);
  const sound = await library.fsck({ level: 2, verifiers });
  expect([sound.healthy, sound.findings]).toEqual([true, []]);

  const { manifest } = await library.resolve("trace/test/2147483647");
  const [segment] = manifest.segments;
  if (segment === undefined) throw new Error("the tile has no segments");
  const key = segmentOwnerKey(segment);
  const bytes = (await store.blobs.get(key)) ?? new Uint8Array();
  const at = (segment.location?.kind === "pack" ? segment.location.offset : 0) + 20;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await store.blobs.deleteMany([key]);
  await store.blobs.putNew(key, bytes);
  const damaged = await library.fsck({ level: 2, verifiers });
  expect(damaged.healthy).toBe(false);
});
