import { StorageError } from "@foretile/storage";
import type { Draw } from "./draw.ts";
import type { FaultKind } from "./faults.ts";
import { hold, type InFlight, type Network } from "./network.ts";

/** What came of a step. */
export interface Performed {
  /** For the trace. */
  readonly result: string;
  /** Tells the caller, if it is to hear of it now. */
  readonly tell?: () => void;
  /** Whether its actor ended with it. */
  readonly crashed?: boolean;
}

export interface PerformContext {
  readonly draw: Draw;
  readonly network: Network;
  /** The number of this step. */
  readonly step: number;
  /** The longest hold, in steps. */
  readonly maxDelaySteps: number;
}

type Perform = (request: InFlight, context: PerformContext) => Promise<Performed>;

/** Lets a chosen request that its caller waits for happen, as the fault says. */
export function performRequest(
  request: InFlight,
  fault: FaultKind | undefined,
  context: PerformContext,
): Promise<Performed> {
  return fault === undefined ? succeed(request, context) : strikes[fault](request, context);
}

/** Lets a chosen request that nobody waits for happen, or loses it. The second copy of a duplicate is never lost. */
export async function performOrphan(
  request: InFlight,
  { draw, network }: PerformContext,
): Promise<Performed> {
  network.remove(request);
  if (request.orphan !== "duplicate" && draw.chance(0.5)) return { result: "lost" };
  return { result: await happenUnheard(request, draw) };
}

const succeed: Perform = async (request, { network }) => {
  network.remove(request);
  const { summary, reply } = await request.happen();
  return { result: summary, tell: reply };
};

const strikes: Readonly<Record<FaultKind, Perform>> = {
  delay: async (request, { draw, step, maxDelaySteps }) => {
    const part = await maybePartly(request, draw);
    hold(request, step + draw.delay(maxDelaySteps));
    const held = `held until #${request.heldUntil}`;
    return { result: part === undefined ? held : `${part}, ${held}` };
  },

  crash: async (request, { draw, network }) => {
    if (!request.writes || draw.chance(0.5)) return { result: "before", crashed: true };
    network.remove(request);
    return { result: `after: ${await happenUnheard(request, draw)}`, crashed: true };
  },

  fail: async (request, { network, step }) => {
    network.remove(request);
    return { result: "did not happen", tell: failing(request, "call failed", step, "safe") };
  },

  late: async (request, { network, step }) => {
    network.orphan(request, "late");
    return { result: "still on its way", tell: failing(request, "no reply in time", step) };
  },

  "lose-reply": async (request, { draw, network, step }) => {
    network.remove(request);
    const done = await happenUnheard(request, draw);
    return { result: done, tell: failing(request, "reply was lost", step) };
  },

  duplicate: async (request, context) => {
    const performed = await succeed(request, context);
    const copy = { ...request };
    context.network.add(copy);
    context.network.orphan(copy, "duplicate");
    return performed;
  },
};

/** Lets a request happen whose caller does not hear of it, so that it may as well have happened in part. */
async function happenUnheard(request: InFlight, draw: Draw): Promise<string> {
  return (await maybePartly(request, draw)) ?? (await request.happen()).summary;
}

async function maybePartly(request: InFlight, draw: Draw): Promise<string | undefined> {
  return request.happenPartly !== undefined && draw.chance(0.5)
    ? request.happenPartly(draw)
    : undefined;
}

/** Reads may always be repeated; a write that was sent is of unknown outcome unless it certainly did not happen. */
function failing(
  { operation, key = "", writes, fail }: InFlight,
  text: string,
  step: number,
  retry: "safe" | "unknown-outcome" = writes ? "unknown-outcome" : "safe",
): () => void {
  const message = `${text} on purpose operation=${operation} key=${key} step=${step}`;
  return () => fail(new StorageError("unavailable", message, { retry }));
}
