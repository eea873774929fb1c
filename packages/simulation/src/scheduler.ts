import { nextTick } from "node:process";
import { setImmediate } from "node:timers/promises";
import type { ActorEnd, ActorState } from "./actor-state.ts";
import type { RequestDescription } from "./actor-store.ts";
import { sendRequest } from "./create-request.ts";
import type { Draw } from "./draw.ts";
import { drawFault, type FaultKind, type SimulatedOperation } from "./faults.ts";
import { Network, type InFlight } from "./network.ts";
import { performOrphan, performRequest, type PerformContext } from "./perform-request.ts";
import { SimulationError } from "./simulation-error.ts";
import type { ResolvedOptions } from "./simulation-options.ts";
import { SimulatedTime, type Sleeper } from "./simulated-time.ts";
import type { TraceEvent, TraceLog } from "./trace.ts";

/**
 * Decides what happens next. Whenever no actor can go on by itself it takes one step: a request on its way happens, or
 * the next sleep ends.
 *
 * Actors run only within a turn: the promise callbacks that follow a step. Whatever goes on outside of one was woken by
 * something that no seed decides.
 */
export class Scheduler {
  readonly #options: ResolvedOptions;
  readonly #draw: Draw;
  readonly #trace: TraceLog;
  readonly #network = new Network();
  readonly #time = new SimulatedTime();
  #steps = 0;
  #inTurn = false;
  #failure: SimulationError | undefined;

  constructor(options: ResolvedOptions, draw: Draw, trace: TraceLog) {
    this.#options = options;
    this.#draw = draw;
    this.#trace = trace;
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#steps;
  }

  get elapsedMs(): number {
    return this.#time.elapsedMs;
  }

  /** Writes down what happened. */
  record(actor: ActorState, event: Omit<TraceEvent, "step" | "elapsedMs" | "actor">): void {
    this.#trace.add({
      step: this.#steps,
      elapsedMs: this.#time.elapsedMs,
      actor: actor.name,
      ...event,
    });
  }

  /** Puts a store call of an actor on its way. */
  async send<T>(actor: ActorState, call: RequestDescription<T>): Promise<T> {
    if (!this.#mayGoOn(actor, call.operation)) return never();
    return sendRequest(this.#network, actor, call);
  }

  async sleep(
    actor: ActorState,
    durationMs: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (!this.#mayGoOn(actor, "sleep")) return never();
    return this.#time.sleep(actor, durationMs, signal);
  }

  /** Ends an actor: nothing of it settles any more, and what it sent is left on its way. */
  end(actor: ActorState, end: ActorEnd): void {
    if (!this.#mayGoOn(actor, "end")) return;
    this.#leave(actor, end);
    this.record(actor, { action: "end", result: end });
    actor.tellEnd(end);
  }

  /** Ends an actor with the run that was given up. */
  stop(actor: ActorState): void {
    if (actor.status === "running") this.#leave(actor, "stopped");
  }

  #leave(actor: ActorState, status: ActorEnd | "stopped"): void {
    actor.status = status;
    this.#network.leaveBehind(actor);
    this.#time.leaveBehind(actor);
  }

  /** Gives the run up. The first reason counts. */
  fail(error: SimulationError): void {
    this.#failure ??= error;
  }

  /**
   * Starts actors and takes steps until all have ended and nothing is on its way any more. After a failure every later
   * run fails with it too.
   *
   * @throws {SimulationError} `stuck`, `too-many-steps`, or what {@link Scheduler.fail} was told
   */
  async drive(actors: readonly ActorState[], start: () => void): Promise<void> {
    await this.#turn();
    start();
    for (;;) {
      await this.#turn();
      this.#network.holdOrphans(this.#draw, this.#steps, this.#options.maxDelaySteps);
      const next = this.#choose();
      if (next === undefined) {
        const waiting = actors.filter(({ status }) => status === "running");
        if (waiting.length === 0) return;
        this.fail(this.#stuck(waiting));
      } else if (this.#steps >= this.#options.maxSteps) {
        this.fail(this.#tooManySteps());
      } else {
        this.#steps += 1;
        await next();
      }
    }
  }

  /** Lets everything run that can run by itself; throws when the run was given up. */
  async #turn(): Promise<void> {
    // A tick that is asked for by a promise callback comes when all promise callbacks have run.
    nextTick(() => {
      this.#inTurn = false;
    });
    await setImmediate();
    if (this.#failure !== undefined) throw this.#failure;
    this.#inTurn = true;
  }

  #choose(): (() => Promise<void>) | undefined {
    const sleeper = this.#time.earliest();
    if (sleeper !== undefined) {
      const isReady = this.#network.isReady(this.#steps);
      if (!isReady || this.#draw.chance(this.#options.wakeProbability)) {
        return async () => this.#wake(sleeper);
      }
    }
    const request = this.#network.choose(this.#draw, this.#steps);
    return request === undefined ? undefined : () => this.#perform(request);
  }

  #wake(sleeper: Sleeper): void {
    const { actor } = sleeper;
    this.#time.reach(sleeper);
    const fault = this.#drawFault(actor, "sleep", undefined, "sleep", false);
    this.#step(actor, { action: "sleep", fault, result: fault === "crash" ? "" : "woke" });
    if (fault === "crash") this.end(actor, "crashed");
    else sleeper.wake();
  }

  async #perform(request: InFlight): Promise<void> {
    const { actor, operation, key, writes, orphan, wasHeld } = request;
    const context: PerformContext = {
      draw: this.#draw,
      network: this.#network,
      step: this.#steps,
      maxDelaySteps: this.#options.maxDelaySteps,
    };
    if (orphan !== undefined) {
      const { result } = await performOrphan(request, context);
      this.record(actor, { action: operation, key, orphan, result });
      return;
    }
    const fault = this.#drawFault(actor, operation, key, writes ? "write" : "read", wasHeld);
    const { result, tell, crashed } = await performRequest(request, fault, context);
    this.#step(actor, { action: operation, key, fault, result });
    if (crashed === true) this.end(actor, "crashed");
    else tell?.();
  }

  #drawFault(
    actor: ActorState,
    operation: SimulatedOperation,
    key: string | undefined,
    effect: "read" | "write" | "sleep",
    wasHeld: boolean,
  ): FaultKind | undefined {
    const { faults, faultsFor } = this.#options;
    const special = faultsFor?.({ actor: actor.name, operation, key });
    return drawFault(this.#draw, effect, wasHeld, [special, actor.faults ?? faults]);
  }

  /** Writes down a step that an actor waited for, and perhaps lets its clock jump. */
  #step(actor: ActorState, event: Pick<TraceEvent, "action" | "key" | "fault" | "result">): void {
    this.record(actor, event);
    actor.lastStep = `${event.action} ${event.key ?? ""}`.trimEnd();
    const jumpedMs = actor.jumpClock(this.#draw);
    if (jumpedMs !== undefined) {
      this.record(actor, { action: "clock", result: `jumped to ${jumpedMs}ms off` });
    }
  }

  /** `false` when the actor is gone, so that nothing comes of what it does. */
  #mayGoOn(actor: ActorState, action: string): boolean {
    if (actor.status === "idle") {
      throw new SimulationError(
        "not-running",
        `actor does nothing outside its run; prepare the shared store itself actor=${actor.name} action=${action}`,
      );
    }
    if (actor.status !== "running") return false;
    if (this.#inTurn) return true;
    this.fail(
      new SimulationError(
        "real-work",
        `actor went on after a timer, a thread or other work that no seed decides; give it the actor's clock, or do that work at once actor=${actor.name} action=${action} after=${actor.lastStep}`,
      ),
    );
    return false;
  }

  #stuck(waiting: readonly ActorState[]): SimulationError {
    const list = waiting.map(({ name, lastStep }) => `${name} after ${lastStep}`).join(", ");
    return new SimulationError(
      "stuck",
      `nothing can happen any more, and actors wait, for each other or for work outside the simulation seed=${this.#options.seed} step=${this.#steps} waiting=${list}`,
    );
  }

  #tooManySteps(): SimulationError {
    const { seed, maxSteps } = this.#options;
    return new SimulationError(
      "too-many-steps",
      `run did not end; raise maxSteps if it is meant to be this long seed=${seed} maxSteps=${maxSteps} pending=${this.#network.describe()}`,
    );
  }
}

/** The promise of a process that is gone. */
function never(): Promise<never> {
  return new Promise(() => {});
}
