import type { StoredForm } from "../handler/stored-form.ts";

/** Numbers of all lanes of a form. */
export function laneNumbers({ lanes }: StoredForm): ReadonlySet<number> {
  return new Set(lanes.keys());
}
