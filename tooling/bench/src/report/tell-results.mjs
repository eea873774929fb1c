import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isMet, targets } from "../targets.mjs";
import { drawChart } from "./draw-chart.mjs";
import { formatTables, formatTargets } from "./format-table.mjs";

/**
 * Prints what was measured, and writes `latest.json` and `latest.svg`.
 *
 * @param {readonly import("./results.mjs").ResultRow[]} rows
 * @param {object} facts
 * @param {string} facts.folder where the files go
 * @param {string} facts.caption machine and data, in one line
 * @param {string} facts.versions in one line
 * @param {readonly import("../workloads.mjs").Workload[]} facts.workloads
 * @param {readonly string[]} facts.peers names of those that are stores of others
 * @param {ReadonlyMap<string, string>} facts.missing why a subject has no figures
 * @param {(text: string) => void} facts.print
 */
export async function tellResults(rows, facts) {
  const { folder, caption, versions, workloads, peers, missing, print } = facts;
  print(`${caption}\n${versions}`);
  print(`\n${formatTables(rows, workloads)}`);
  print(`\n${formatTargets(targets(rows, peers), isMet)}`);
  for (const [name, reason] of missing) print(`\nnot measured: ${name}: ${reason}`);
  await writeFile(join(folder, "latest.json"), `${JSON.stringify(rows, undefined, 1)}\n`);
  await writeFile(join(folder, "latest.svg"), drawChart(rows, { workloads, caption }));
}
