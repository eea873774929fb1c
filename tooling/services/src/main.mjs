#!/usr/bin/env node
// Real servers for tests and benchmarks: `services up|down|status [bigtable] [s3] [postgres] [--json]`.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommandLine } from "./command-line.mjs";

const checkout = fileURLToPath(new URL("../../..", import.meta.url));
process.exitCode = await runCommandLine(process.argv.slice(2), join(checkout, ".services"));
