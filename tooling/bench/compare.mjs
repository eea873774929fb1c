// Foretile beside what one would use instead: see --help, and docs/benchmarks.md.
import { HELP, listing, parseCommandLine, UsageError } from "./src/command-line.mjs";
import { runComparison } from "./src/run-comparison.mjs";

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => interruption.abort(new Error(`ended by ${signal}`)));
}

try {
  const options = parseCommandLine(process.argv.slice(2));
  if (options.help) console.log(HELP);
  else if (options.list) console.log(listing());
  else process.exitCode = (await runComparison(options, interruption.signal)) ? 0 : 1;
} catch (error) {
  if (error instanceof UsageError) console.error(error.message);
  else console.error(interruption.signal.aborted ? interruption.signal.reason.message : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
