import { FORECAST_FAMILIES, type ForecastFamily } from "./forecast-families.ts";
import type { GaussianRandom } from "./gaussian-random.ts";

/** What a miner does when it is asked. */
type Behaviour =
  /** Answers in time with a forecast of its own. */
  | { readonly kind: "forecast"; readonly family: ForecastFamily }
  /** Hands in the forecast of another miner, exactly or with a little noise on each price. */
  | { readonly kind: "copy"; readonly original: Miner; readonly noise: number }
  /** Has a forecast, but after the request is published. */
  | { readonly kind: "late"; readonly family: ForecastFamily }
  | { readonly kind: "silent" }
  /** Answers in time and wrongly, each time in another way. */
  | {
      readonly kind: "malformed";
      readonly family: ForecastFamily;
      /** Among the malformed ones, from 0. */
      readonly ordinal: number;
    };

export interface Miner {
  readonly uid: number;
  readonly id: number;
  readonly behaviour: Behaviour;
}

/** Relative noise of a copycat that hides. */
const COPY_NOISE = 0.0002;

/** After so many honest miners come one copycat, one that hides it, and one each that is late, silent and malformed. */
const HONEST_COUNT = FORECAST_FAMILIES.length;
const GROUP_COUNT = HONEST_COUNT + 5;

/** Makes the network: groups of one miner of each behaviour and family, ids in an order of their own. */
export function makeNetwork(count: number, random: GaussianRandom): Miner[] {
  const ids = random.shuffled(Array.from({ length: count }, (_, index) => 1000 + index));
  const miners: Miner[] = [];
  for (const [index, id] of ids.entries()) {
    miners.push({ uid: index, id, behaviour: behaviourOf(index, miners, random) });
  }
  return miners;
}

/** What a miner is, in a few words. */
export function describeMiner({ behaviour }: Miner): string {
  if (behaviour.kind === "forecast") return behaviour.family.name;
  if (behaviour.kind !== "copy") return behaviour.kind;
  return `copy of ${behaviour.original.id}${behaviour.noise > 0 ? " with noise" : ""}`;
}

function behaviourOf(index: number, others: readonly Miner[], random: GaussianRandom): Behaviour {
  const place = index % GROUP_COUNT;
  const family = FORECAST_FAMILIES[place % HONEST_COUNT] as ForecastFamily;
  if (place < HONEST_COUNT) return { kind: "forecast", family };
  switch (place - HONEST_COUNT) {
    case 0:
      return { kind: "copy", original: honestOne(others, random), noise: 0 };
    case 1:
      return { kind: "copy", original: honestOne(others, random), noise: COPY_NOISE };
    case 2:
      return { kind: "late", family };
    case 3:
      return { kind: "silent" };
    default:
      return { kind: "malformed", family, ordinal: Math.floor(index / GROUP_COUNT) };
  }
}

function honestOne(miners: readonly Miner[], random: GaussianRandom): Miner {
  const honest = miners.filter(({ behaviour }) => behaviour.kind === "forecast");
  return honest[random.below(honest.length)] as Miner;
}
