import type { ProgramContext } from "@foretile/app-kit";
import type { Command } from "commander";

import { addTraceCompactCommand } from "./compact.ts";
import { addTraceDeleteCommand } from "./delete.ts";
import { addTraceExpireCommand } from "./expire.ts";
import { addTraceListCommand } from "./list.ts";
import { addTraceParamsCommand } from "./params.ts";
import { addTracePlotCommand } from "./plot.ts";
import { addTraceQueryCommand } from "./query.ts";
import { addTraceRebuildCommand } from "./rebuild.ts";
import { addTraceSameCommand } from "./same.ts";
import { addTraceShowCommand } from "./show.ts";
import { addTraceTilesCommand } from "./tiles.ts";
import { addTraceUndeleteCommand } from "./undelete.ts";

/** `trace`: scores and digests as series over the requests. */
export function addTraceCommand(parent: Command, context: ProgramContext): void {
  const trace = parent
    .command("trace")
    .description("series of scores and of what miners sent, by asset, label, miner and interval");
  addTraceQueryCommand(trace, context);
  addTraceShowCommand(trace, context);
  addTracePlotCommand(trace, context);
  addTraceParamsCommand(trace, context);
  addTraceSameCommand(trace, context);
  addTraceListCommand(trace, context);
  addTraceTilesCommand(trace, context);
  addTraceRebuildCommand(trace, context);
  addTraceCompactCommand(trace, context);
  addTraceDeleteCommand(trace, context);
  addTraceExpireCommand(trace, context);
  addTraceUndeleteCommand(trace, context);
}
