import { readFile } from "node:fs/promises";
import { openMemoryStore } from "@foretile/storage/memory";
import { dumpStore, loadStore, type StoreDump } from "@foretile/testkit";
import { openLibrary } from "@foretile/version-store";
import { describe, expect, test } from "vitest";
import { createTraceVerifiers, openTraceStore, type TraceValueType } from "../src/index.ts";
import { hex, matrixTable } from "../src/conformance/matrix-text.ts";
import { goldenValues, writeGoldenStore } from "./golden/store.ts";

const golden = JSON.parse(
  await readFile(new URL("golden/trace-sets-v1.json", import.meta.url), "utf8"),
) as StoreDump;

function textOf(value: number | Uint8Array): string {
  if (typeof value !== "number") return hex(value);
  return Object.is(value, -0) ? "-0" : String(value);
}

describe("trace set format 1", () => {
  test("is written byte for byte as it was", async () => {
    expect(await dumpStore(await writeGoldenStore())).toEqual(golden);
  });

  test.each(Object.keys(goldenValues) as TraceValueType[])(
    "is read as it was written, %s",
    async (valueType) => {
      const store = openMemoryStore();
      await loadStore(golden, store);
      const library = await openLibrary({ store });
      const traces = await openTraceStore({ library, set: `golden-${valueType}`, valueType });
      const [first, second, third] = goldenValues[valueType].map(textOf);
      const table = matrixTable(valueType, await traces.readMatrix(0, 70));
      const pick = (id: string): (string | undefined)[] =>
        [0, 1, 2, 65, 69].map((position) => table.get(id)?.[position]);
      expect(pick(",asset=BTC,miner=1,")).toEqual([first, ".", first, ".", first]);
      expect(pick(",asset=BTC,miner=2,")).toEqual([second, ".", "x", ".", second]);
      expect(pick(",asset=%F0%9F%98%80%2C%3D,%C3%A9=,")).toEqual([third, ".", third, third, "."]);
      expect(pick(",asset=ETH,")).toEqual(["?", ".", ".", "?", "."]);
      expect(await traces.options()).toEqual([
        { id: ",asset=BTC,miner=1,", position: 69, options: { unit: "%" } },
        { id: ",asset=BTC,miner=2,", position: 69, options: {} },
      ]);
      const { healthy } = await library.fsck({
        level: 2,
        verifiers: createTraceVerifiers(library),
      });
      expect(healthy).toBe(true);
    },
  );
});
