import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * What tells one process from every later one that gets the same number: when it started, and in which boot of the
 * machine. Null when no such process runs; one that has ended but was not collected by its parent does not run.
 *
 * @param {number} pid
 * @returns {string | null}
 */
export function processIdentity(pid) {
  return process.platform === "linux" ? identityFromProc(pid) : identityFromPs(pid);
}

function identityFromProc(pid) {
  let stat;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return null;
  }
  // The second field, the name in parentheses, may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state] = fields;
  if (state === "Z" || state === "X") return null;
  const startedTicks = fields[19];
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
  return `${boot}/${startedTicks}`;
}

function identityFromPs(pid) {
  try {
    const env = { ...process.env, LC_ALL: "C" };
    const fields = ["-o", "stat=,lstart=", "-p", String(pid)];
    const line = execFileSync("ps", fields, { encoding: "utf8", env }).trim();
    return line === "" || line.startsWith("Z") ? null : line.replace(/^\S+\s+/, "");
  } catch {
    return null;
  }
}
