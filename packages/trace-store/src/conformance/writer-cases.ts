import type { Clock } from "@foretile/resilience";
import { systemClock } from "@foretile/resilience/system";
import { assertEqual, collect } from "./assertions.ts";
import type { AddCase } from "./conformance-case.ts";
import { matrixTable } from "./matrix-text.ts";

const HOUR_MS = 3_600_000;

/** The clock of a machine that is wrong by so much. */
function wrongBy(offsetMs: number): Clock {
  return { ...systemClock, nowMs: () => systemClock.nowMs() + offsetMs };
}

export function writerCases(add: AddCase): void {
  add("writers at the same time lose nothing", async (on) => {
    const writers = await Promise.all(
      [0, 1, 2].map(async () => on.openTraces("float32", { library: await on.openAgain() })),
    );
    await Promise.all(
      writers.map(async (traces, writer) => {
        for (let position = 0; position < 3; position += 1) {
          const { results } = await traces.append(position, [
            { params: { writer: String(writer) }, value: position },
            { params: { writer: String(writer), at: String(position) }, value: writer },
          ]);
          assertEqual(
            results.map(({ status }) => status),
            ["stored", "stored"],
            "results",
          );
        }
      }),
    );
    const traces = await on.openTraces("float32");
    assertEqual(await traces.count(), 3 + 9, "traces");
    const table = matrixTable("float32", await traces.readMatrix(0, 3));
    for (const writer of writers.keys()) {
      assertEqual(
        table.get(`,writer=${writer},`),
        Array.from({ length: 3 }, (_, position) => String(position)),
        "every position of every writer",
      );
    }
  });

  add("the order is that of commits, whatever the clocks say", async (on) => {
    const open = async (offsetMs: number): ReturnType<typeof on.openTraces<"float32">> =>
      on.openTraces("float32", { library: await on.openAgain({ clock: wrongBy(offsetMs) }) });
    const ahead = await open(5 * HOUR_MS);
    const behind = await open(-5 * HOUR_MS);
    const params = { device: "a" };
    await ahead.append(0, [{ params, value: 1, options: { by: "ahead" } }]);
    await behind.append(0, [{ params, value: 2, options: { by: "behind" } }]);
    await behind.append(0, [{ params: { device: "b" }, value: 3 }]);
    await ahead.append(0, [{ params: { device: "c" }, value: 4 }]);
    assertEqual(
      matrixTable("float32", await ahead.readMatrix(0, 1)),
      new Map([
        [",device=a,", ["2"]],
        [",device=b,", ["3"]],
        [",device=c,", ["4"]],
      ]),
      "points",
    );
    assertEqual(
      (await behind.options()).map(({ options }) => options),
      [{ by: "behind" }],
      "options",
    );
  });

  add("merging beside appends loses neither", async (on) => {
    const traces = await on.openTraces("float32");
    const other = await on.openTraces("float32", { library: await on.openAgain() });
    const positions = [0, 1, 2];
    for (const position of positions) {
      await traces.append(position, [{ params: { a: "1" }, value: position }]);
      await Promise.all([
        traces.compactTile(0),
        other.compactTile(0),
        other.append(position, [{ params: { a: "2" }, value: position }]),
      ]);
    }
    const texts = positions.map(String);
    assertEqual(
      matrixTable("float32", await traces.readMatrix(0, 3)),
      new Map([
        [",a=1,", texts],
        [",a=2,", texts],
      ]),
      "points",
    );
    await traces.compactTile(0);
    const [tile] = await collect(traces.listTiles());
    assertEqual(tile?.runs, 1, "runs");
  });
}
