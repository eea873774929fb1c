import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processIdentity } from "./process-identity.mjs";
import { isRunning } from "./server-process.mjs";

const POLL_MS = 100;

/**
 * Runs `work` while no other command of this checkout changes the folder; waits for one that does. A lock whose owner
 * has died is taken over.
 *
 * @template T
 * @param {import("./state-folder.mjs").StateFolder} folder
 * @param {{ signal: AbortSignal, onWait: (pid: number) => void }} options
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withFolderLock(folder, { signal, onWait }, work) {
  const path = join(folder.path, "lock");
  const mine = join(folder.path, `lock.${process.pid}`);
  const owner = { pid: process.pid, identity: processIdentity(process.pid) };
  let told = false;
  for (;;) {
    signal.throwIfAborted();
    folder.create();
    if (tryTake(path, mine, owner)) break;
    const holder = readOwner(path);
    if (holder === null) continue;
    if (!isRunning(holder)) {
      takeAway(path, mine, holder);
      continue;
    }
    if (!told) onWait(holder.pid);
    told = true;
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
    folder.removeIfEmpty();
  }
}

/** Makes the lock with its owner written into it in one step, so that nobody ever reads an empty one. */
function tryTake(path, mine, owner) {
  try {
    writeFileSync(mine, JSON.stringify(owner));
    linkSync(mine, path);
    return true;
  } catch (error) {
    // ENOENT: the previous owner has just removed the empty folder.
    if (error.code === "EEXIST" || error.code === "ENOENT") return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

function readOwner(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}

/** Removes the lock of a dead owner; what was moved aside is looked at, since another command may have been faster. */
function takeAway(path, mine, dead) {
  const aside = `${mine}.aside`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === "ENOENT") return;
    throw error;
  }
  const moved = readOwner(aside);
  if (moved?.pid !== dead.pid || moved.identity !== dead.identity) linkSync(aside, path);
  rmSync(aside);
}
