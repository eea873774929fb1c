import { encodeTraceId, type TraceParams } from "@foretile/keyspace";
import { MAX_TILE } from "../limits.ts";
import { createTraceList } from "../table/trace-list.ts";
import type { TraceEntry } from "../trace-entry.ts";
import { POINT } from "../trace-values.ts";
import { assert, assertEqual, assertRejects } from "./assertions.ts";
import type { AddCase } from "./conformance-case.ts";
import { matrixTable } from "./matrix-text.ts";

export function appendCases(add: AddCase): void {
  add("each entry is told what became of it, and one costs no other", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    const long = { k: "v".repeat(4096 - ",k=,".length) };
    const entries: TraceEntry<"float32">[] = [
      { params: { a: "1" }, value: 1 },
      { params: {}, value: 2 },
      { params: { a: "1" }, value: 3 },
      { params: { a: "2" }, value: Number.NaN },
      { params: { "": "x" }, value: 4 },
      { params: { a: "\ud800" }, value: 5 },
      { params: { a: 7 } as unknown as TraceParams, value: 6 },
      { params: long, value: 7 },
      { params: { k: `${long.k}v` }, value: 8 },
      { params: { a: "3" }, value: 1e39 },
      { params: { a: "4" }, value: "9" as unknown as number },
      { params: { a: "5" }, value: 9, options: { "": "x" } },
      { params: { a: "6" }, invalid: true },
    ];
    const { results, stored, version } = await traces.append(0, entries);
    assertEqual(
      results.map((result) => ("reason" in result ? result.reason : result.status)),
      [
        "stored",
        "invalid-params",
        "duplicate",
        "invalid-value",
        "invalid-params",
        "invalid-params",
        "invalid-params",
        "stored",
        "id-too-long",
        "invalid-value",
        "invalid-value",
        "invalid-options",
        "stored",
      ],
      "results",
    );
    assertEqual([stored, version], [3, 1], "count and version");
    assertEqual(
      matrixTable("float32", await traces.readMatrix(0, 1)),
      new Map([
        [",a=1,", ["1"]],
        [",a=6,", ["?"]],
        [encodeTraceId(long), ["7"]],
      ]),
      "what was stored",
    );
  });

  add("nothing to store makes no version", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    const none = await traces.append(0, []);
    const bad = await traces.append(0, [{ params: {}, value: 1 }]);
    assertEqual(
      [none.version, bad.version, bad.changed],
      [undefined, undefined, false],
      "versions",
    );
    assertEqual(await traces.readTile(0), undefined, "tile");
  });

  add("positions that cannot be are refused", async ({ openTraces }) => {
    const traces = await openTraces("float32", { tileSize: 256 });
    const entry = { params: { a: "1" }, value: 1 };
    for (const position of [-1, -300, 0.5, Number.NaN, (MAX_TILE + 1) * 256, 2 ** 53]) {
      await assertRejects(
        `${position}`,
        () => traces.append(position, [entry]),
        "invalid-position",
      );
    }
    const last = (MAX_TILE + 1) * 256 - 1;
    await traces.append(0, [entry]);
    await traces.append(last, [entry]);
    assertEqual(await traces.densePositions(5), [0, last], "positions far apart");
  });

  add("params and values come back as they were", async ({ openTraces }) => {
    const traces = await openTraces("float64");
    const params: TraceParams[] = [
      { "a,b": "c=d", "x:y": "%2C" },
      { a_b: "", "\u{1f600}": "\ue000", "\ue000": "\u{1f600}" },
      { __proto__x: "1", constructor: "2" },
      Object.fromEntries([["__proto__", "own"]]),
      { a: "1", "a-b": "2", "a.b": "3", a0: "4" },
    ];
    const values = [-0, Infinity, -Infinity, 5e-324, Number.MAX_VALUE];
    await traces.append(
      4,
      params.map((own, index) => ({ params: own, value: values[index] ?? 0 })),
    );
    const found = await traces.traces();
    for (const own of params) {
      const trace = found.find(({ id }) => id === encodeTraceId(own));
      assertEqual(encodeTraceId(trace?.params ?? {}), encodeTraceId(own), "params");
      assert(
        Object.keys(own).every((key) => trace?.params[key] === own[key]),
        "values of params",
      );
    }
    const { ids, values: read } = await traces.readMatrix(4, 5);
    assertEqual(
      params.map((own) => read[ids.indexOf(encodeTraceId(own))]),
      values,
      "values bit for bit",
    );
  });

  add("digests and bytes come back as they were", async ({ openTraces }) => {
    const digests = await openTraces("digest");
    const digest = Uint8Array.from({ length: 16 }, (_, index) => 16 * index + 7);
    const rejected = await digests.append(0, [
      { params: { a: "1" }, value: digest },
      { params: { a: "2" }, value: new Uint8Array(16) },
      { params: { a: "3" }, value: new Uint8Array(15) },
      { params: { a: "4" }, value: "8db9913366b07bd14df9a68459e2958b" as unknown as Uint8Array },
    ]);
    assertEqual(
      rejected.results.map(({ status }) => status),
      ["stored", "stored", "rejected", "rejected"],
      "a bad digest is refused",
    );
    const read = await digests.readMatrix(0, 1);
    assertEqual([...read.states], [POINT.value, POINT.value], "sixteen zeros are a digest");
    assertEqual([...read.values.subarray(0, 16)], [...digest], "digest");

    const bytes = await openTraces("bytes", { set: "bytes" });
    const values = [new Uint8Array(), digest, new Uint8Array(255).fill(9), new Uint8Array(256)];
    const { results } = await bytes.append(
      0,
      values.map((value, index) => ({ params: { a: String(index) }, value })),
    );
    assertEqual(results[3]?.status, "rejected", "256 bytes are too many");
    const { values: found } = await bytes.readMatrix(0, 1);
    assertEqual(
      found.map((value) => [...(value ?? [1])]),
      values.slice(0, 3).map((value) => [...value]),
      "bytes",
    );
  });

  add("columns are the same as entries", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    const list = createTraceList([{ a: "2" }, { a: "1" }, { b: "1" }]);
    const { stored } = await traces.appendColumns({
      traces: list,
      from: 8,
      positions: 3,
      values: Float32Array.of(1, 2, Number.NaN, 4, 5, 6, 7, 8, 9),
    });
    await traces.appendColumns({
      traces: list,
      from: 11,
      values: Float32Array.of(1, 2, 3),
      states: Uint8Array.of(POINT.invalid, POINT.missing, POINT.value),
    });
    assertEqual(stored, 8, "points stored");
    assertEqual(
      matrixTable("float32", await traces.readMatrix(8, 12)),
      new Map([
        [",a=1,", ["4", "5", "6", "."]],
        [",a=2,", ["1", "2", ".", "?"]],
        [",b=1,", ["7", "8", "9", "3"]],
      ]),
      "points",
    );
  });

  add("columns that do not fit are refused", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    const list = createTraceList([{ a: "1" }]);
    const two = Float32Array.of(1, 2);
    await assertRejects(
      "two tiles",
      () => traces.appendColumns({ traces: list, from: 7, positions: 2, values: two }),
      "invalid-position",
    );
    await assertRejects(
      "too many values",
      () => traces.appendColumns({ traces: list, from: 0, values: two }),
      "invalid-argument",
    );
    await assertRejects(
      "another type",
      () =>
        traces.appendColumns({
          traces: list,
          from: 0,
          values: Float64Array.of(1) as unknown as Float32Array<ArrayBuffer>,
        }),
      "invalid-argument",
    );
    await assertRejects(
      "a state that is none",
      () =>
        traces.appendColumns({
          traces: list,
          from: 0,
          values: Float32Array.of(1),
          states: Uint8Array.of(4),
        }),
      "invalid-argument",
    );
    await assertRejects(
      "a value that is NaN",
      () =>
        traces.appendColumns({
          traces: list,
          from: 0,
          values: Float32Array.of(Number.NaN),
          states: Uint8Array.of(POINT.value),
        }),
      "invalid-argument",
    );
    assertEqual(await traces.count(), 0, "nothing was stored");
  });

  add("the same append again changes nothing that can be read", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    const entries = [{ params: { a: "1" }, value: 1 }];
    const first = await traces.append(0, entries);
    const second = await traces.append(0, entries);
    assertEqual([second.changed, second.version], [false, first.version], "no further version");
    await traces.append(1, entries);
    await traces.append(0, entries);
    assertEqual(
      matrixTable("float32", await traces.readMatrix(0, 2)),
      new Map([[",a=1,", ["1", "1"]]]),
      "points",
    );
  });

  add("what was committed later holds", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    await traces.append(0, [{ params: { a: "1" }, value: 1 }]);
    await traces.append(0, [{ params: { a: "1" }, value: 2 }]);
    await traces.append(0, [{ params: { a: "1" }, invalid: true }]);
    const read = async (): Promise<unknown> =>
      matrixTable("float32", await traces.readMatrix(0, 1)).get(",a=1,");
    assertEqual(await read(), ["?"], "an invalid point over a value");
    await traces.append(0, [{ params: { a: "1" }, value: 3 }]);
    assertEqual(await read(), ["3"], "a value over an invalid point");
  });

  add("a signal that was aborted ends every call", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    await traces.append(0, [{ params: { a: "1" }, value: 1 }]);
    const signal = AbortSignal.abort(new Error("enough"));
    const calls = {
      append: () => traces.append(1, [{ params: { a: "1" }, value: 1 }], { signal }),
      readTile: () => traces.readTile(0, { signal }),
      readMatrix: () => traces.readMatrix(0, 8, { signal }),
      latest: () => traces.latest({ signal }),
      deleteTraces: () => traces.deleteTraces({ a: "1" }, { signal }),
      densePositions: () => traces.densePositions(1, { signal }),
    };
    for (const [name, call] of Object.entries(calls)) {
      const ended = await call().then(
        () => false,
        () => true,
      );
      assert(ended, `${name} must fail`);
    }
    assertEqual(await traces.densePositions(9), [0], "nothing was appended");
  });
}
