import type { KeyCondition, TraceQuery } from "../query/trace-query.ts";
import { assertEqual, assertRejects, collect } from "./assertions.ts";
import type { AddCase } from "./conformance-case.ts";

const configs = ["8888", "565", "gpu"];

export function queryCases(add: AddCase): void {
  add("conditions on several keys must all be met, of one key any value will do", async (on) => {
    const traces = await on.openTraces("float32");
    await traces.append(
      0,
      configs.flatMap((config) =>
        ["x86", "arm"].map((arch) => ({ params: { config, arch }, value: 1 })),
      ),
    );
    await traces.append(1, [{ params: { config: "565", arch: "x86", debug: "true" }, value: 1 }]);
    // In another tile, with other keys.
    await traces.append(8, [{ params: { fizz: "buzz" }, value: 1 }]);
    const expected: readonly (readonly [TraceQuery, number])[] = [
      [{}, 8],
      [{ config: "565" }, 3],
      [{ config: ["565", "8888"] }, 5],
      [{ config: ["565", "8888"], arch: "arm" }, 2],
      [{ config: { not: "565" } }, 4],
      [{ config: { not: ["565", "8888"] } }, 2],
      [{ config: { matches: /8+/ } }, 2],
      [{ config: { matches: /^5.5$/g } }, 3],
      [{ config: { not: /5/ } }, 4],
      [{ arch: { any: true } }, 7],
      [{ debug: { any: true } }, 1],
      [{ debug: { not: "true" } }, 0],
      [{ config: "565", fizz: "buzz" }, 0],
      [{ config: "565", nothing: { not: "x" } }, 0],
      [{ fizz: "buzz" }, 1],
      [{ arch: { matches: /^y.*/ } }, 0],
      [{ config: [] }, 0],
      [{ constructor: { any: true } as KeyCondition }, 0],
    ];
    for (const [where, count] of expected) {
      const words = JSON.stringify(where, (_, part: unknown) =>
        part instanceof RegExp ? String(part) : part,
      );
      assertEqual(await traces.count({ where }), count, `count of ${words}`);
      const blocks = await collect(traces.query(where));
      const found = new Set(blocks.flatMap(({ ids }) => ids));
      assertEqual(found.size, count, `traces of ${words}`);
      assertEqual((await traces.traces({ where })).length, count, `names of ${words}`);
    }
  });

  add("keys and values are those of traces with data", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    await traces.append(0, [{ params: { b: "2", a: "\ue000" }, value: 1 }]);
    await traces.append(9, [{ params: { b: "10", a: "\u{1f600}" }, value: 1 }]);
    await traces.append(9, [{ params: { c: "" }, value: 1 }]);
    assertEqual(
      await traces.paramSet(),
      { a: ["\ue000", "\u{1f600}"], b: ["10", "2"], c: [""] },
      "in order of bytes",
    );
    assertEqual(
      await traces.paramSet({ from: 8 }),
      { a: ["\u{1f600}"], b: ["10"], c: [""] },
      "of a range",
    );
    assertEqual(
      await traces.paramSet({ where: { b: "2" } }),
      { a: ["\ue000"], b: ["2"] },
      "of a query",
    );
    await traces.deletePoints(9, [",c=,"]);
    assertEqual(Object.keys(await traces.paramSet()), ["a", "b"], "without deleted traces");
  });

  add("traces are found by their ids", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    await traces.append(
      0,
      ["3", "1", "2"].map((a) => ({ params: { a }, value: Number(a) })),
    );
    const { ids, values } = await traces.readMatrix(0, 1, {
      ids: [",a=3,", ",a=1,", ",b=1,", ",a=3,"],
    });
    assertEqual([ids, ...values], [[",a=1,", ",a=3,"], 1, 3], "traces");
  });

  add("conditions that cannot be meant are refused", async ({ openTraces }) => {
    const traces = await openTraces("float32");
    for (const condition of [1, null, { matches: "x" }, { not: 1 }, {}, [1]]) {
      await assertRejects(
        JSON.stringify(condition),
        () => traces.count({ where: { a: condition as unknown as KeyCondition } }),
        "invalid-query",
      );
    }
  });
}
