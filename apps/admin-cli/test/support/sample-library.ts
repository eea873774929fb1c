import { createPredictions, openPredictions, openStore } from "@foretile/app-kit";
import { dumpStore, type StoreDump } from "@foretile/testkit";
import { frame, type LibraryTimes } from "@foretile/version-store";

/** A name that a terminal must not see as it is. */
export const ODD_SYMBOL = "odd \u001b[31m\n\u202eé\\";

/** How {@link ODD_SYMBOL} is printed. */
export const PRINTED_ODD_SYMBOL = "odd \\u{1b}[31m\\u{a}\\u{202e}é\\\\";

/** The frame of version `number` of `prices`. */
function prices(number: number) {
  return frame({ columns: { close: Float64Array.of(number, 2, 3) } });
}

/**
 * Makes a store whose removed versions may be collected at once: `prices` in four versions by `ops`, an odd name with
 * one, and `labels`, which every store has.
 */
export async function createSampleLibrary(
  url: string,
  times: Partial<LibraryTimes> = { graceMs: 0, undeleteMs: 0 },
): Promise<void> {
  await using opened = await createPredictions(url, { times });
  const { library } = opened;
  for (const number of [1, 2, 3, 4]) {
    const message = `tick ${number}`;
    await library.write("prices", prices(number), { user: "ops", message, metadata: { number } });
  }
  await library.write(ODD_SYMBOL, [1, 2n ** 60n], { user: "\u0007", message: "a\tb" });
}

/** Everything in a store. */
export async function dumpOf(url: string): Promise<StoreDump> {
  await using store = await openStore(url, "read");
  return await dumpStore(store);
}

/** Names the first `count` versions of `prices`, each in a snapshot of its own: `v1`, `v2`, … */
export async function pinVersions(url: string, count: number): Promise<void> {
  await using opened = await openPredictions(url, "write");
  for (let version = 1; version <= count; version += 1) {
    await opened.library.snapshot(`v${version}`, { versions: { prices: version } });
  }
}
