import type { TraceStore } from "../trace-store.ts";
import type { SetAsOf } from "../read/read-options.ts";
import { assertEqual } from "./assertions.ts";
import { matrixTable, valueText } from "./matrix-text.ts";
import { optionsText, type TraceModel } from "./trace-model.ts";
import { POINT } from "../trace-values.ts";

/** Newest tiles that are looked into. */
const TILES = 2;

/** Compares everything that can be read of a set with the model, for positions from 0 to before `to`. */
export async function compareWithModel(
  traces: TraceStore,
  model: TraceModel,
  { to, asOf, where }: { readonly to: number; readonly asOf?: SetAsOf; readonly where: string },
): Promise<void> {
  const { valueType, tileSize } = traces.config;
  assertEqual(
    matrixTable(valueType, await traces.readMatrix(0, to, { asOf })),
    model.matrix(0, to),
    `${where}: all points`,
  );
  const middle = Math.floor(to / 3);
  const query = { kind: ["a", "b"] };
  assertEqual(
    matrixTable(valueType, await traces.readMatrix(middle, to - 1, { asOf, where: query })),
    model.matrix(middle, to - 1, ({ kind }) => kind === "a" || kind === "b"),
    `${where}: the points of a query`,
  );
  assertEqual(
    await traces.densePositions(tileSize, { asOf }),
    model.densePositions(tileSize),
    `${where}: newest positions`,
  );
  const latest = await traces.latest({ asOf, tiles: TILES });
  assertEqual(
    latest.ids.map((id, row) => [
      id,
      latest.positions[row],
      latest.states[row] === POINT.invalid ? "?" : valueText(valueType, latest.values, row),
    ]),
    model.latest(TILES),
    `${where}: newest points`,
  );
  const options = await traces.options({ asOf, tiles: TILES });
  assertEqual(
    options.map(({ id, position, options: said }) => ({
      id,
      position,
      options: optionsText(said),
    })),
    model.options(TILES),
    `${where}: options`,
  );
  assertEqual(await traces.paramSet({ asOf }), model.paramSet(), `${where}: keys and values`);
  assertEqual(await traces.count({ asOf, to }), model.matrix(0, to).size, `${where}: count`);
  for (const position of [middle, to - 1]) {
    const same = await traces.same(position, { asOf });
    assertEqual(
      same.map(({ ids }) => ids),
      model.same(position),
      `${where}: the same value at ${position}`,
    );
  }
}
