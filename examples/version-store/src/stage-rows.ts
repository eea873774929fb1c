import type { Library } from "@foretile/version-store";
import { trajectory } from "./trajectory.ts";
import type { Log } from "./tour.ts";

/** Rows from several producers, one version. */
export async function stageRows(library: Library, log: Log): Promise<void> {
  const tokens = await Promise.all(
    [100, 0, 200].map((second) => library.stage("flights/f4", trajectory(second, 100))),
  );
  log(await library.hasSymbol("flights/f4"), tokens[0]?.rows);

  const whole = await library.finalize("flights/f4", tokens, { mode: "write" });
  log(whole.version, whole.rows);

  const unwanted = await library.stage("flights/f4", trajectory(300, 100));
  await library.discardStaged("flights/f4", [unwanted]);
}
