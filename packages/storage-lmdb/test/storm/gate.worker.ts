// Usage: gate.worker.ts PATH commit|open. Begins a commit, or an opening, says so and stays there until it is killed.
import { writeSync } from "node:fs";

import { openGate } from "../../src/open-gate.ts";

const [path = "", what] = process.argv.slice(2);
const gate = openGate(path);

function stay(): void {
  writeSync(1, "inside\n");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

if (what === "open") await gate.open(stay);
else await gate.commit(() => Promise.resolve().then(stay));
