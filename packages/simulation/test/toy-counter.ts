import { retryAdvice } from "@foretile/resilience";
import { toKey, type Ref, type Store } from "@foretile/storage";
import type { Actor, Simulation } from "../src/index.ts";

/** A number that actors count up in one record, which also says how often each of them did. */
export interface Counter {
  readonly count: number;
  readonly done: Readonly<Record<string, number>>;
}

/** Counts up once for an actor's `turn`, from 1. Returns when it is sure that it did. */
export type CountUp = (actor: Actor, turn: number) => Promise<void>;

const counterKey = toKey("counter");

export async function readCounter(store: Store): Promise<Counter> {
  return counterOf(await store.refs.read(counterKey));
}

/** Reads once, and then insists on what it made of it: loses what others did in between. */
export const overwriteBlindly: CountUp = async ({ name, store }, turn) => {
  const next = countedUp(await readCounter(store), name, turn);
  for (;;) {
    const ref = await store.refs.read(counterKey);
    const { swapped } = await store.refs.compareAndSet(counterKey, ref?.token, next);
    if (swapped) return;
  }
};

/** Takes every error for "it did not happen". */
export const repeatAfterErrors: CountUp = async ({ name, store }, turn) => {
  for (;;) {
    try {
      const ref = await store.refs.read(counterKey);
      const next = countedUp(counterOf(ref), name, turn);
      const { swapped } = await store.refs.compareAndSet(counterKey, ref?.token, next);
      if (swapped) return;
    } catch (error) {
      if (retryAdvice(error) === "never") throw error;
    }
  }
};

/** Looks whether its turn is in the record before every try. */
export const countCarefully: CountUp = async ({ name, store, clock, random }, turn) => {
  for (;;) {
    try {
      const ref = await store.refs.read(counterKey);
      const counter = counterOf(ref);
      if ((counter.done[name] ?? 0) >= turn) return;
      const next = countedUp(counter, name, turn);
      const { swapped } = await store.refs.compareAndSet(counterKey, ref?.token, next);
      if (swapped) return;
      await clock.sleep(random.nextUint32() % 100);
    } catch (error) {
      if (retryAdvice(error) === "never") throw error;
    }
  }
};

/** Lets several actors count up, and checks that the record has each turn once. */
export function countingHistory(
  countUp: CountUp,
  options: { readonly actors: number; readonly turns: number },
): (simulation: Simulation) => Promise<void> {
  return async (simulation) => {
    const told = new Map<string, number>();
    const work = async (actor: Actor): Promise<void> => {
      for (let turn = 1; turn <= options.turns; turn += 1) {
        await countUp(actor, turn);
        told.set(actor.name, turn);
      }
    };
    const names = Array.from({ length: options.actors }, (_, index) => `actor-${index + 1}`);
    const outcomes = await simulation.run(
      names.map((name) => [simulation.actor(name), work] as const),
    );
    const { count, done } = await readCounter(simulation.memory);
    let sum = 0;
    for (const [index, name] of names.entries()) {
      const turns = done[name] ?? 0;
      const acknowledged = told.get(name) ?? 0;
      // A turn under way at a crash may have happened.
      const most = outcomes[index]?.end === "crashed" ? acknowledged + 1 : acknowledged;
      if (turns < acknowledged || turns > most) {
        throw new Error(`turns of ${name} are ${turns}, acknowledged ${acknowledged}`);
      }
      sum += turns;
    }
    if (count !== sum) throw new Error(`count is ${count} after ${sum} turns`);
  };
}

function countedUp({ count, done }: Counter, name: string, turn: number): Uint8Array {
  return encode({ count: count + 1, done: { ...done, [name]: turn } });
}

function encode(counter: Counter): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(counter));
}

function counterOf(ref: Ref | undefined): Counter {
  if (ref === undefined) return { count: 0, done: {} };
  return JSON.parse(new TextDecoder().decode(ref.value)) as Counter;
}
