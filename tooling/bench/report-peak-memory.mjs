// Preloaded into a measured program: writes its peak resident memory in bytes to the file it is told.
import { writeFileSync } from "node:fs";

process.on("exit", () => {
  const file = process.env["FORETILE_PEAK_MEMORY_FILE"];
  if (file !== undefined) writeFileSync(file, `${process.resourceUsage().maxRSS * 1024}`);
});
