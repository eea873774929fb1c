// Usage: reader.worker.ts PATH. Takes a snapshot, says so, and holds it until it is killed.
import { writeSync } from "node:fs";

import { open } from "lmdb";

const [path = ""] = process.argv.slice(2);
const root = open({ path, noSubdir: false, overlappingSync: false, maxDbs: 8 });
const snapshot = root.useReadTransaction();
writeSync(1, "reading\n");
setInterval(() => snapshot, 1_000);
