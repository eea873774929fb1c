import { runProgram } from "@foretile/app-kit";

import { main } from "./program.ts";

await runProgram("foretile", main);
