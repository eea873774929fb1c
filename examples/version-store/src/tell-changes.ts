import type { Library } from "@foretile/version-store";
import type { Log } from "./tour.ts";

/** Who changed what, and why. */
export async function tellChanges(library: Library, log: Log): Promise<void> {
  const { entries } = await library.audit({ prefix: "flights/", user: "ada", limit: 10 });
  for (const { symbol, fromVersion, version, operation, message } of entries) {
    log(symbol, fromVersion, version, operation, message);
  }
}
