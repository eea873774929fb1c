import { runProgram } from "@foretile/app-kit";

import { scorerMain } from "./scorer-main.ts";

await runProgram("foretile-scorer", scorerMain);
