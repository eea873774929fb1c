import { placementOf, type PlacementOptions } from "../placement/placement.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { Composition } from "./composition.ts";
import {
  DEFAULT_PRESET,
  PRESETS,
  VETTED_CHAINS,
  VETTED_TARGETS,
  type PresetName,
  type PresetParameters,
} from "./preset.ts";

/** Which combination a library is to store its values with. */
export type CompositionOptions = PresetOptions | CustomOptions;

/** One of the vetted combinations. */
interface PresetOptions extends PlacementOptions {
  /** Default: `general`. */
  readonly preset?: PresetName | undefined;
  readonly custom?: undefined;
}

/** A combination of one's own. */
interface CustomOptions extends PlacementOptions {
  readonly preset?: undefined;
  /** What is absent is as in the preset `general`. */
  readonly custom: Partial<PresetParameters>;
  /**
   * Says that a chain or a target that was never tested as a whole is wanted all the same. It is still refused when a
   * sample does not come back.
   */
  readonly unsafe?: boolean | undefined;
}

/**
 * Makes the composition of a new library.
 *
 * @throws {VersionStoreError} `invalid-argument` for an unknown preset or placement, for a preset and parameters at
 *   once, and for parameters that need `unsafe`
 */
export function compositionOf(options: CompositionOptions = {}): Composition {
  const { preset, custom } = options;
  const placement = placementOf(options);
  if (custom === undefined) {
    const name = preset ?? DEFAULT_PRESET;
    if (!Object.hasOwn(PRESETS, name)) {
      throw invalid(
        `there is no such preset preset=${JSON.stringify(name)} known=${Object.keys(PRESETS).join(",")}`,
      );
    }
    return { preset: name, ...PRESETS[name], ...placement };
  }
  if (preset !== undefined) {
    throw invalid("a preset has all parameters; give a preset or custom, not both");
  }
  const { handlers, targetBytes, codecs } = { ...PRESETS[DEFAULT_PRESET], ...custom };
  if (options.unsafe !== true) requireVetted(codecs, targetBytes);
  return {
    preset: undefined,
    handlers: [...handlers],
    targetBytes,
    codecs: [...codecs],
    ...placement,
  };
}

function requireVetted(codecs: readonly string[], targetBytes: number): void {
  const chain = JSON.stringify(codecs);
  const vetted = VETTED_CHAINS.map((names) => JSON.stringify(names));
  if (!vetted.includes(chain)) {
    throw invalid(
      `codec chain was never tested as a whole; choose a known one or set unsafe ` +
        `chain=${chain} known=${vetted.join(" ")}`,
    );
  }
  const { least, most } = VETTED_TARGETS;
  if (!(targetBytes >= least && targetBytes <= most)) {
    throw invalid(
      `target is outside what was tested; choose one inside or set unsafe least=${least} most=${most} ` +
        `target_bytes=${targetBytes}`,
    );
  }
}

function invalid(message: string): VersionStoreError {
  return new VersionStoreError("invalid-argument", message);
}
