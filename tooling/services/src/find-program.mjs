import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ServiceError } from "./service-error.mjs";

// Debian keeps servers here, which is not on the PATH of every user.
const SYSTEM_FOLDERS = ["/usr/sbin", "/sbin"];

/**
 * The full path of a program: in `folders` first, then on the PATH; null when there is none.
 *
 * @param {string} name
 * @param {readonly string[]} [folders]
 * @returns {string | null}
 */
export function findProgram(name, folders = []) {
  const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const folder of [...folders, ...path, ...SYSTEM_FOLDERS]) {
    const candidate = join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      if (statSync(candidate).isFile()) return candidate;
    } catch {
      // Not here: the next folder.
    }
  }
  return null;
}

/** As `findProgram`, for one that must be there. */
export function requireProgram(name, folders = []) {
  const found = findProgram(name, folders);
  if (found === null) throw new ServiceError("missing", `a program is not on the PATH: ${name}`);
  return found;
}
