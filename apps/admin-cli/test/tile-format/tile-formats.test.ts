import { expect, test } from "vitest";

import { tileCsv } from "../../src/tile-format/csv.ts";
import { tileJson } from "../../src/tile-format/json.ts";
import { tileNpy } from "../../src/tile-format/npy.ts";
import type { TileSlice } from "../../src/tile-format/tile-slice.ts";
import { SAMPLE_KEY, SAMPLE_REQUEST } from "../support/sample-store.ts";

const slice: TileSlice = {
  key: SAMPLE_KEY,
  version: 2,
  versionHash: "ab",
  request: { ...SAMPLE_REQUEST, simulations: 2 },
  answer: {
    status: "valid",
    minerId: 7,
    minerUid: 107,
    processTimeSeconds: 1.5,
    contentHash: "cd",
    rawBytes: 0,
    storedBytes: 0,
    mode: "pack",
  },
  fromStep: 10,
  toStep: 12,
  values: Float32Array.of(1.1, 2.25, 3, 4.5),
};

test("CSV has a row per step with its time", () => {
  expect([...tileCsv(slice)].join("")).toBe(
    "step,unix_seconds,sim_0,sim_1\n10,1512475800,1.1,2.25\n11,1512475860,3,4.5\n",
  );
});

test("JSON says where the values come from and has an array per step", () => {
  const text = [...tileJson(slice)].join("");
  expect(text.endsWith("\n")).toBe(true);
  expect(JSON.parse(text)).toStrictEqual({
    key: SAMPLE_KEY,
    version: 2,
    version_hash: "ab",
    miner_id: 7,
    miner_uid: 107,
    start_time: "2017-12-05T12:00:00Z",
    time_increment: 60,
    num_simulations: 2,
    from_step: 10,
    to_step: 12,
    values: [
      [1.1, 2.25],
      [3, 4.5],
    ],
  });
});

test("NPY has the header of version 1.0 and the numbers behind it, aligned", () => {
  const bytes = tileNpy(slice);
  expect([...bytes.subarray(0, 8)]).toStrictEqual([0x93, 78, 85, 77, 80, 89, 1, 0]);
  const headerLength = (bytes[8] ?? 0) + 256 * (bytes[9] ?? 0);
  const start = 10 + headerLength;
  expect(start % 64).toBe(0);
  const header = new TextDecoder().decode(bytes.subarray(10, start));
  expect(header).toMatch(/^\{'descr': '<f4', 'fortran_order': False, 'shape': \(2, 2\), \} *\n$/);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  const values = [0, 4, 8, 12].map((offset) => view.getFloat32(offset, true));
  expect(values).toStrictEqual([...slice.values]);
  expect(view.byteLength).toBe(16);
});
