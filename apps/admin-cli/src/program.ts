import { createCommandLine, runCommandLine, type ProgramContext } from "@foretile/app-kit";

import { addInitCommand } from "./commands/init.ts";
import { addLabelListCommand } from "./commands/label/list.ts";
import { addRequestListCommand } from "./commands/request/list.ts";
import { addRequestShowCommand } from "./commands/request/show.ts";
import { addStatsCommand } from "./commands/stats.ts";
import { addTileShowCommand } from "./commands/tile/show.ts";
import { addVerifyCommand } from "./commands/verify.ts";
import { examples } from "./output/examples.ts";
import { VERSION } from "./version.ts";

/** The `foretile` program. */
export async function main(context: ProgramContext): Promise<void> {
  const program = createCommandLine(context, {
    description: "Provision, inspect and verify a store of forecasts",
    version: VERSION,
  });
  addInitCommand(program, context);

  const request = program.command("request").description("published requests and their versions");
  addRequestListCommand(request, context);
  addRequestShowCommand(request, context);

  const tile = program.command("tile").description("the answers themselves");
  addTileShowCommand(tile, context);

  const label = program.command("label").description("the competitions that requests belong to");
  addLabelListCommand(label, context);

  addVerifyCommand(program, context);
  addStatsCommand(program, context);
  program.addHelpText(
    "after",
    examples([
      "--store lmdb:./forecasts init",
      "--store lmdb:./forecasts request list --label low",
      "--store lmdb:./forecasts verify",
    ]),
  );
  await runCommandLine(program, context);
}
