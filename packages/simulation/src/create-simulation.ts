import { createIdSource } from "@foretile/resilience";
import type { Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createSeededRandom } from "@foretile/testkit";
import { createActorClock } from "./actor-clock.ts";
import type { Actor, ActorOptions, ActorTask, Outcome } from "./actor.ts";
import type { ActorEnd, ActorState } from "./actor-state.ts";
import { createActorStore } from "./actor-store.ts";
import { checkInteger, checkProbability } from "./check-options.ts";
import { createDraw } from "./draw.ts";
import { checkFaults } from "./faults.ts";
import { makePlatformInstant } from "./instant-platform.ts";
import { Scheduler } from "./scheduler.ts";
import { SimulationError } from "./simulation-error.ts";
import { resolveOptions, type SimulationOptions } from "./simulation-options.ts";
import { TraceLog, type Trace } from "./trace.ts";

/** Clients of one store, whose every step one seed decides. */
export interface Simulation {
  readonly seed: number;
  /**
   * The shared store itself, without steps and faults: to prepare a run, and to look at what is left. What an actor
   * does with it counts as its own computing.
   */
  readonly memory: Store;
  readonly trace: Trace;
  /** Steps taken so far. */
  readonly steps: number;
  /**
   * Adds a client. It can do nothing until its run begins.
   *
   * @param name unique in the simulation
   * @throws {SimulationError} `invalid-argument`
   */
  actor(name: string, options?: ActorOptions): Actor;
  /**
   * Runs tasks until each has ended and nothing is on its way any more. Runs may follow each other, with other actors
   * on the same store.
   *
   * While a run is under way, `crypto.subtle.digest` and `WebAssembly.compile` of this process work at once.
   *
   * @returns how each task ended, in order
   * @throws {SimulationError} `actor-failed` when a task throws: what it expects to fail it has to catch. `stuck`,
   *   `too-many-steps`, `real-work`; `invalid-argument` for an actor that has run before, and during another run
   */
  run<T>(tasks: readonly ActorTask<T>[]): Promise<readonly Outcome<T>[]>;
}

/**
 * Makes a simulation with an empty store. Same seed, same options, same code: the same history, step by step.
 *
 * @throws {SimulationError} `invalid-argument`
 */
export function createSimulation(options: SimulationOptions): Simulation {
  const resolved = resolveOptions(options);
  const { seed, startMs, maxTraceEvents } = resolved;
  const root = createSeededRandom(seed);
  const trace = new TraceLog(maxTraceEvents);
  const scheduler = new Scheduler(resolved, createDraw(root), trace);
  const states = new Map<Actor, ActorState>();
  const names = new Set<string>();
  let running = false;

  const memory = openMemoryStore({
    clock: {
      nowMs: () => startMs + Math.floor(scheduler.elapsedMs),
      monotonicMs: () => scheduler.elapsedMs,
      sleep: async () => {
        throw new SimulationError("not-running", "the shared store does not sleep");
      },
    },
  });

  function addActor(name: string, actorOptions: ActorOptions = {}): Actor {
    const { clockOffsetMs = 0, clockJumps, faults } = actorOptions;
    if (names.has(name)) {
      throw new SimulationError("invalid-argument", `name is taken name=${name}`);
    }
    checkInteger("clockOffsetMs", clockOffsetMs, -startMs, Number.MAX_SAFE_INTEGER);
    checkProbability("probability of clock jumps", clockJumps?.probability ?? 0);
    checkInteger("maxMs", clockJumps?.maxMs ?? 0, 0, 2 ** 40);
    checkFaults(faults);
    names.add(name);

    const { promise: ended, resolve: tellEnd } = Promise.withResolvers<ActorEnd>();
    const clock = createActorClock({
      startMs,
      offsetMs: clockOffsetMs,
      jumps: clockJumps,
      elapsedMs: () => scheduler.elapsedMs,
      sleep: (durationMs, signal) => scheduler.sleep(state, durationMs, signal),
    });
    const state: ActorState = {
      name,
      index: names.size,
      faults,
      status: "idle",
      lastStep: "start",
      tellEnd,
      jumpClock: (draw) => clock.jump(draw),
    };
    const random = createSeededRandom(root.nextUint32());
    const actor: Actor = {
      name,
      store: createActorStore(memory, (request) => scheduler.send(state, request)),
      clock,
      random,
      ids: createIdSource(clock, random),
      ended,
      note: (text) => scheduler.record(state, { action: "note", result: text }),
    };
    states.set(actor, state);
    return actor;
  }

  /** Gives each task's actor to the run. */
  function claim<T>(tasks: readonly ActorTask<T>[]): ReadonlyMap<ActorState, ActorTask<T>> {
    const claimed = new Map<ActorState, ActorTask<T>>();
    for (const task of tasks) {
      const [actor] = task;
      const state = states.get(actor);
      if (state?.status !== "idle" || claimed.has(state)) {
        throw new SimulationError(
          "invalid-argument",
          `actor has a task already, or is of another simulation actor=${actor.name}`,
        );
      }
      claimed.set(state, task);
    }
    for (const state of claimed.keys()) state.status = "running";
    return claimed;
  }

  async function perform<T>(
    state: ActorState,
    [actor, work]: ActorTask<T>,
    finish: (value: T) => void,
  ): Promise<void> {
    try {
      scheduler.record(state, { action: "start", result: "" });
      const value = await work(actor);
      if (state.status !== "running") return;
      finish(value);
      scheduler.end(state, "finished");
    } catch (cause) {
      if (state.status !== "running") return;
      scheduler.fail(
        new SimulationError(
          "actor-failed",
          `actor failed actor=${state.name} seed=${seed} step=${scheduler.steps} after=${state.lastStep}`,
          { cause },
        ),
      );
    }
  }

  async function run<T>(tasks: readonly ActorTask<T>[]): Promise<readonly Outcome<T>[]> {
    if (running) throw new SimulationError("invalid-argument", "a run is under way");
    const work = claim(tasks);
    const values = new Map<ActorState, T>();
    const endInstantPlatform = makePlatformInstant();
    running = true;
    try {
      await scheduler.drive([...work.keys()], () => {
        for (const [state, task] of work) {
          void perform(state, task, (value) => values.set(state, value));
        }
      });
    } finally {
      for (const state of work.keys()) scheduler.stop(state);
      running = false;
      endInstantPlatform();
    }
    return [...work.keys()].map((state) =>
      values.has(state) ? { end: "finished", value: values.get(state) as T } : { end: "crashed" },
    );
  }

  return {
    seed,
    memory,
    trace,
    get steps() {
      return scheduler.steps;
    },
    actor: addActor,
    run,
  };
}
