import { fileURLToPath } from "node:url";

import type { Programs } from "../../src/programs.ts";
import { SOURCE_ARGUMENTS } from "@foretile/testkit";

/** The programs as they are in the sources, which need no build. */
export const sourcePrograms: Programs = {
  foretile: source("admin-cli"),
  writer: source("validator-writer"),
  scorer: source("scorer-reader"),
};

function source(app: string): readonly string[] {
  const path = fileURLToPath(new URL(`../../../../apps/${app}/src/main.ts`, import.meta.url));
  return [...SOURCE_ARGUMENTS, path];
}
