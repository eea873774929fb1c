// Preloaded into a measured program: writes its peak memory and its processor time to the file it is told.
import { writeFileSync } from "node:fs";
import { processCpuSeconds, processMemory } from "./src/process-memory.mjs";

process.on("exit", () => {
  const file = process.env["FORETILE_USAGE_FILE"];
  if (file === undefined) return;
  const { peakBytes } = processMemory("self");
  const cpuSeconds = processCpuSeconds(process.pid);
  writeFileSync(file, JSON.stringify({ peakBytes, cpuSeconds }));
});
