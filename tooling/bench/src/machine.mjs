import { cpus, release, totalmem, type } from "node:os";

/** What it was measured on, in words that hold anywhere. */
export function machineFacts() {
  const all = cpus();
  return {
    cpu: (all[0]?.model ?? "unknown").replaceAll(/\s+/g, " ").trim(),
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release().split("-")[0]}`,
    node: process.versions.node,
    v8: process.versions.v8,
  };
}

/** {@link machineFacts} in one line. */
export function machineLine({ cpu, cores, memoryGiB, system, node }) {
  return `Node ${node}, ${cores} × ${cpu}, ${memoryGiB} GiB, ${system}`;
}
