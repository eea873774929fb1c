/** What a verification says as it goes. */
export type VerifyEvent =
  | {
      readonly type: "checked";
      readonly symbol: string;
      /** Versions of the symbol. */
      readonly versions: number;
      /** Distinct segments whose bytes were read, decoded and hashed. */
      readonly segments: number;
      /** Their bytes. */
      readonly bytes: number;
    }
  | DamagedEvent;

/** One thing that is not what was published. */
export interface DamagedEvent {
  readonly type: "damaged";
  /** `version`: its document, its manifest, or a page of the history. */
  readonly what: "head" | "version" | "tile";
  /** Missing when even the name cannot be read. */
  readonly symbol?: string | undefined;
  readonly version?: number | undefined;
  readonly minerId?: number | undefined;
  /** Where in the store, when known. */
  readonly key?: string | undefined;
  readonly message: string;
}
