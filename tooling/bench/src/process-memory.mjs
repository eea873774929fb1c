import { readFileSync } from "node:fs";

const CLOCK_TICKS_PER_SECOND = 100;

/**
 * Memory of a process in bytes, from Linux: its peak with everything (`VmHWM`), and what it holds now that is no page of
 * a file (`RssAnon` and `RssShmem`). Elsewhere only this process's peak is known.
 *
 * @param {number | "self"} pid
 * @returns {{ peakBytes: number, anonymousBytes: number | undefined }}
 */
export function processMemory(pid) {
  let status;
  try {
    status = readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return { peakBytes: process.resourceUsage().maxRSS * 1024, anonymousBytes: undefined };
  }
  const kibibytes = (field) =>
    Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
  return {
    peakBytes: kibibytes("VmHWM") * 1024,
    anonymousBytes: (kibibytes("RssAnon") + kibibytes("RssShmem")) * 1024,
  };
}

/**
 * Seconds of processor time that a process has taken, all its threads together; 0 where that cannot be known.
 *
 * @param {number} pid
 */
export function processCpuSeconds(pid) {
  if (pid === process.pid) {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }
  try {
    // The name is in brackets and may hold blanks.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}
