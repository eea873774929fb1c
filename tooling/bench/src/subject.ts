import type { BenchRequest, Dataset, Layout } from "./data/dataset.mjs";

/** One thing that is measured: a store with its settings, or a program that scores. */
export interface Subject {
  readonly name: string;
  /** How it is set up, in one line. */
  readonly settings: string;
  /** Of what is measured. */
  readonly licence: string;
  /** URL of the module that exports `open`: `(options: OpenOptions) => Store | Promise<Store>`. */
  readonly module: string;
  /** Which of the module's ways. */
  readonly variant?: string;
  /** Ids of what it can do. */
  readonly workloads: readonly string[];
  readonly needs: readonly ("peers" | "python" | "postgres")[];
}

/** What `open` gets. */
export interface OpenOptions {
  /** Of this subject alone; not there the first time. */
  readonly folder: string;
  readonly dataset: Dataset;
  readonly variant: string | undefined;
  readonly services: Services;
}

/** How to reach what subjects need besides files. */
export interface Services {
  postgresUrl?: string;
  python?: string;
}

interface Tile {
  readonly miner: number;
  readonly values: Float32Array;
}

type TakeValues = (miner: number, values: Float32Array) => void;

/**
 * What a subject can do; one that only scores has no more than that. Tiles and steps are always given as float32
 * `[steps][simulations]`, whatever is stored; arrays are only read until the call returns, and may be used again.
 */
export interface Store {
  /** How it wants tiles to write. Default: `steps`. */
  readonly layout?: Layout;
  /** Stores a request; durable when it resolves. */
  write?(request: BenchRequest, tiles: AsyncIterable<Tile>): Promise<void>;
  /**
   * Stores the first request from its text; durable when it resolves. Tells what it took when another process did it.
   * Default: each line through `JSON.parse`, then `write`.
   */
  ingest?(dataset: Dataset): Promise<{ peakBytes: number; cpuSeconds: number } | undefined>;
  readRequest?(request: BenchRequest, take: TakeValues): Promise<void>;
  readSteps?(
    request: BenchRequest,
    range: { readonly from: number; readonly to: number },
    take: TakeValues,
  ): Promise<void>;
  /** Default: `readRequest`, each tile scored with `@foretile/scoring`. */
  score?(request: BenchRequest, take: (miner: number, crps: number | null) => void): Promise<void>;
  /** Default: `readRequest`, each tile gone through. Pairs are a path, ascending, and the step. */
  crossings?(
    request: BenchRequest,
    level: number,
    take: (miner: number, pairs: Uint32Array) => void,
  ): Promise<void>;
  /** Default: what its folder takes on the disk. */
  bytesStored?(): Promise<number>;
  /** Other processes that work for it, whose memory and time count as well. */
  readonly processes?: readonly number[];
  close(): Promise<unknown> | void;
}
