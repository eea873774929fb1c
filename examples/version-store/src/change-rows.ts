import { frame, type Library } from "@foretile/version-store";
import { trajectory } from "./trajectory.ts";
import type { Log } from "./tour.ts";

/** Versions made from the one before. */
export async function changeRows(library: Library, log: Log): Promise<void> {
  const appended = await library.append("flights/f1", trajectory(600, 120));
  log(appended.version, appended.rows, appended.newSegments);

  const corrected = await library.update("flights/f1", trajectory(300, 60));
  log(corrected.version, corrected.rows);

  const gap = await library.update("flights/f1", trajectory(100, 2), {
    range: { from: 100, to: 110, closed: "left" },
  });
  log(gap.version, gap.rows);

  const shorter = await library.deleteRange("flights/f1", { rows: { from: -20 } });
  log(shorter.version, shorter.rows);

  const wider = await library.append(
    "flights/f2",
    frame({
      index: { name: "time", unit: "s", values: Uint32Array.of(60) },
      columns: [
        ...trajectory(60, 1).columns.map((column) => [column.name, column] as const),
        ["remark", ["landed"]],
      ],
    }),
    { schema: "add-columns" },
  );
  log(wider.version, wider.rows);

  const renamed = await library.writeMetadata("flights/f1", { aircraft: "glider", checked: true });
  log(renamed.version, renamed.rows);

  const restored = await library.restoreVersion("flights/f1", 1);
  log(restored.version, restored.rows);
}
