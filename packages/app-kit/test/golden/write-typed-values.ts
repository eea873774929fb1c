import { frame, ndarray, type Library } from "@foretile/version-store";
import { described } from "./described.ts";
import { everyColumn, joined, points, prices } from "./frames.ts";
import { enter, strike, strikeSymbol, type ExpectedLibrary } from "./ledger.ts";

/** Values of the kinds `array` and `value`, of every library. */
export async function writeArraysAndValues(
  library: Library,
  ledger: ExpectedLibrary,
): Promise<void> {
  const cut = "arrays/cut";
  enter(ledger, cut, await library.write(cut, prices(0, 24, [12, 10])), prices(0, 24), {
    operation: "write",
  });
  enter(ledger, cut, await library.append(cut, prices(24, 7)), prices(0, 31), {
    operation: "append",
  });
  const last = await library.deleteRange(cut, { rows: { from: 5 } });
  enter(ledger, cut, last, prices(0, 5), { operation: "delete-range" });

  const counts = ndarray({
    shape: [2, 3, 2],
    values: BigInt64Array.from({ length: 12 }, (_, at) => -(3n ** BigInt(at))),
  });
  enter(ledger, "arrays/counts", await library.write("arrays/counts", counts), counts, {
    operation: "write",
  });
  const none = ndarray({ shape: [0, 5], values: new Uint8Array() });
  enter(ledger, "arrays/none", await library.write("arrays/none", none), none, {
    operation: "write",
  });

  const record = {
    bytes: Uint8Array.of(0, 255),
    half: 0.5,
    large: 2n ** 63n,
    list: [1, -1, true, null, "é 🎲"],
    minus: -0,
  };
  enter(ledger, "values/null", await library.write("values/null", null), null, {
    operation: "write",
  });
  for (const value of ["text", record, []]) {
    const facts = { metadata: { kind: typeof value }, user: "ada", message: "once more" };
    const made = await library.write("values/changing", value, facts);
    enter(ledger, "values/changing", made, value, { operation: "write", ...facts });
  }
  const pruned = await library.prune("values/changing", { keepLast: 2 });
  for (const { version } of pruned.removed) strike(ledger, "values/changing", version);

  enter(ledger, "values/deleted", await library.write("values/deleted", record), record, {
    operation: "write",
  });
  strikeSymbol(ledger, "values/deleted");
  await library.delete("values/deleted", { user: "ada" });
}

/** Frames, of libraries that take them. */
export async function writeFrames(library: Library, ledger: ExpectedLibrary): Promise<void> {
  enter(ledger, "frames/types", await library.write("frames/types", everyColumn()), everyColumn(), {
    operation: "write",
  });
  enter(ledger, "frames/none", await library.write("frames/none", points(0, 0)), points(0, 0), {
    operation: "write",
  });
  await writePoints(library, ledger);
  await writeChangingColumns(library, ledger);

  const symbol = "frames/staged";
  const first = await library.stage(symbol, points(0, 50));
  const second = await library.stage(symbol, points(50, 50));
  const made = await library.finalize(symbol, [second, first], { mode: "write" });
  enter(ledger, symbol, made, points(0, 100), { operation: "write" });
  const token = await library.stage(symbol, points(100, 20));
  ledger.staged.push({ symbol, token, value: described(points(0, 120)) });
  await library.discardStaged(symbol, [await library.stage(symbol, points(200, 20))]);
}

/** Every operation on one symbol. */
async function writePoints(library: Library, ledger: ExpectedLibrary): Promise<void> {
  const symbol = "frames/points";
  const metadata = { source: "radar" };
  const written = await library.write(symbol, points(0, 1500), { metadata, message: "first" });
  enter(ledger, symbol, written, points(0, 1500), { operation: "write", metadata, message: "first" });
  const ranges = [
    [1500, 100],
    [1600, 1],
    [1601, 1],
  ] as const;
  for (const [from, rows] of ranges) {
    const appended = await library.append(symbol, points(from, rows));
    enter(ledger, symbol, appended, points(0, from + rows), { operation: "append", metadata });
  }
  const updated = await library.update(symbol, points(100, 3), { range: { from: 100, to: 200 } });
  const withGap = joined([0, 103], [201, 1401]);
  enter(ledger, symbol, updated, withGap, { operation: "update", metadata });
  const cut = await library.deleteRange(symbol, { from: 50, to: 1000, closed: "left" });
  const short = joined([0, 50], [1000, 602]);
  enter(ledger, symbol, cut, short, { operation: "delete-range", metadata });
  const told = await library.writeMetadata(symbol, null, { user: "ada" });
  enter(ledger, symbol, told, short, { operation: "metadata", user: "ada" });
  const restored = await library.restoreVersion(symbol, 1);
  enter(ledger, symbol, restored, points(0, 1500), { operation: "restore", metadata });
  await library.deleteVersion(symbol, 3);
  strike(ledger, symbol, 3);
}

/** Columns that come later, and types that grow. */
async function writeChangingColumns(library: Library, ledger: ExpectedLibrary): Promise<void> {
  const symbol = "frames/changing";
  const first = frame({ columns: { count: Int32Array.of(1, 2) } });
  enter(ledger, symbol, await library.write(symbol, first), first, { operation: "write" });
  const wider = frame({ columns: { count: Int32Array.of(3), name: ["three"] } });
  const added = await library.append(symbol, wider, { schema: "add-columns" });
  const both = { count: Int32Array.of(1, 2, 3), name: ["", "", "three"] };
  enter(ledger, symbol, added, frame({ columns: both }), { operation: "append" });
  const floats = frame({ columns: { count: Float64Array.of(4.5), name: ["four and a half"] } });
  const promoted = await library.append(symbol, floats, { schema: "promote" });
  const all = {
    count: Float64Array.of(1, 2, 3, 4.5),
    name: ["", "", "three", "four and a half"],
  };
  enter(ledger, symbol, promoted, frame({ columns: all }), { operation: "append" });

  const deleted = "frames/deleted";
  const value = points(0, 10);
  enter(ledger, deleted, await library.write(deleted, value), value, { operation: "write" });
  strikeSymbol(ledger, deleted);
  await library.delete(deleted);
}
