import {
  isStorageError,
  type ProbeFinding,
  type ProvisionStep,
  type Store,
} from "@foretile/storage";

import { describeError } from "../failure/describe-error.ts";
import type { OpenMode } from "./store-scheme.ts";

type Open = (mode: OpenMode) => Promise<Store>;

const INIT = "make the store with: foretile --store URL init";

/**
 * Plans what a place lacks whose stores are made in one step: the store, if there is none.
 *
 * @param step what is made, and what it will be
 */
export async function planByOpening(
  step: Pick<ProvisionStep, "what" | "wanted">,
  open: Open,
): Promise<readonly ProvisionStep[]> {
  try {
    await (await open("read")).close();
    return [];
  } catch (error) {
    if (!isStorageError(error, "not-a-store")) throw error;
    return [{ ...step, action: "create", apply: () => makeWhereMissing(open) }];
  }
}

/** Tries a place by opening the store that should be there. */
export async function probeByOpening(
  what: string,
  mode: "read" | "write",
  open: Open,
): Promise<ProbeFinding> {
  try {
    await (await open(mode)).close();
    return { what, found: mode === "read" ? "can be read" : "can be read and written", ok: true };
  } catch (error) {
    const { message, hint = "see what the message says" } = describeError(error);
    const remedy = isStorageError(error, "not-a-store") ? INIT : hint;
    return { what, found: message, ok: false, remedy };
  }
}

/** Repeated, it finds the store that it made. */
async function makeWhereMissing(open: Open): Promise<void> {
  try {
    await (await open("create")).close();
  } catch (error) {
    if (!isStorageError(error, "conflict")) throw error;
  }
}
