import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

const FILES = "{packages,apps,examples,tooling}/*/test/services/*/**/*.test.ts";

/**
 * Finds the test files that need real servers, below `test/services/NAMES/`, where NAMES are the servers joined by
 * "+". A server is there when its variable names one or when `pnpm services up` wrote it down.
 *
 * @param {string} root the checkout
 * @param {Record<string, string | undefined>} environment
 * @returns {{ runnable: string[], missing: { file: string, services: string[] }[] }} paths from the root; with the
 *   missing ones the servers that are not there
 */
export function serviceSuites(root, environment) {
  const runnable = [];
  const missing = [];
  for (const found of globSync(FILES, { cwd: root, exclude: isInstalled }).sort()) {
    const file = found.replaceAll("\\", "/");
    const services = namesIn(file).filter((name) => !isThere(root, environment, name));
    if (services.length === 0) runnable.push(file);
    else missing.push({ file, services });
  }
  return { runnable, missing };
}

function isInstalled(path) {
  return basename(path) === "node_modules";
}

function namesIn(file) {
  const below = "/test/services/";
  const [names] = file.slice(file.indexOf(below) + below.length).split("/");
  return names.split("+");
}

function isThere(root, environment, name) {
  if (environment[`FORETILE_TEST_${name.toUpperCase()}`] !== undefined) return true;
  const path = join(root, ".services", `${name}.json`);
  return existsSync(path) && JSON.parse(readFileSync(path, "utf8")).state === "running";
}
