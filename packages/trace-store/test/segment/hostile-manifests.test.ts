import type { DocumentValue } from "@foretile/codecs/msgpack";
import { isVersionStoreError, type Manifest } from "@foretile/version-store";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isTraceStoreError } from "../../src/index.ts";
import { decodeTileManifest } from "../../src/tile/tile-manifest.ts";
import { openTestTraces } from "../store/open-test-traces.ts";

type Body = { readonly [field: string]: DocumentValue };

const junk: fc.Arbitrary<DocumentValue> = fc.oneof(
  fc.constantFrom(null, -1, 0, 1, 2 ** 24, 2 ** 31, 2 ** 53 - 1, 0.5, "", "float64", true),
  fc.uint8Array({ maxLength: 40 }),
  fc.constant([]),
  fc.constant({}),
);

test("a manifest that is not a tile's is refused before anything is made of it", async () => {
  const { library, traces } = await openTestTraces({ valueType: "float32" });
  for (let position = 0; position < 6; position += 1) {
    await traces.append(position, [{ params: { a: String(position) }, value: position }]);
  }
  const { manifest } = await library.resolve("trace/test/2147483647");
  const sound = decodeTileManifest(traces.config, 0, manifest);
  expect(sound.runs.length).toBeGreaterThan(1);
  const body = manifest.body as Body;
  const [run] = body["runs"] as readonly Body[];
  const fields = [...Object.keys(body), ...Object.keys(run as Body).map((name) => `runs.${name}`)];

  fc.assert(
    fc.property(fc.constantFrom(...fields), junk, fc.nat(3), (field, value, left) => {
      const [name, inner] = field.split(".") as [string, string | undefined];
      const changed: Body =
        inner === undefined
          ? { ...body, [name]: value }
          : { ...body, runs: [{ ...run, [inner]: value }] };
      const segments = manifest.segments.slice(0, manifest.segments.length - left);
      const hostile: Manifest = { ...manifest, body: changed, segments };
      let runs;
      try {
        ({ runs } = decodeTileManifest(traces.config, 0, hostile));
      } catch (error) {
        if (isTraceStoreError(error) || isVersionStoreError(error, "data-integrity")) return;
        throw error;
      }
      for (const { rows, rowsPerBlock, blocks, offsets } of runs) {
        expect(blocks.length).toBeGreaterThanOrEqual(Math.ceil(rows / rowsPerBlock));
        expect(offsets.every((offset) => offset < 256)).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
});
