import { runProgram } from "@foretile/app-kit";

import { writerProgram } from "./writer-program.ts";

await runProgram("foretile-writer", writerProgram);
