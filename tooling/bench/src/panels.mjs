/** Steps that are stored together by those that store tiles in parts, as Foretile does. */
export const PANEL_STEPS = 32;

/** Numbers of the panels of a tile, or of those that a range of steps lies in. */
export function panelsOf({ steps }, { from, to } = { from: 0, to: steps }) {
  const first = Math.floor(from / PANEL_STEPS);
  const end = Math.ceil(to / PANEL_STEPS);
  return Array.from({ length: end - first }, (_, at) => first + at);
}

/** The bytes of one panel of a tile, a view. */
export function panelBytes(values, { simulations, steps }, panel) {
  const from = panel * PANEL_STEPS * simulations;
  const to = Math.min((panel + 1) * PANEL_STEPS, steps) * simulations;
  return new Uint8Array(values.buffer, values.byteOffset + from * 4, (to - from) * 4);
}

/**
 * Puts a range of steps together from panels.
 *
 * @param {Float32Array} out `[to - from][simulations]`
 * @param {{ simulations: number, steps: number }} shape
 * @param {{ from: number, to: number }} range
 * @param {(panel: number) => Uint8Array} bytesOf what {@link panelBytes} gave, at any alignment
 */
export function takePanels(out, shape, range, bytesOf) {
  const rowBytes = shape.simulations * 4;
  const target = new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
  for (const panel of panelsOf(shape, range)) {
    const first = panel * PANEL_STEPS;
    const from = Math.max(range.from, first);
    const to = Math.min(range.to, first + PANEL_STEPS, shape.steps);
    const bytes = bytesOf(panel);
    target.set(
      bytes.subarray((from - first) * rowBytes, (to - first) * rowBytes),
      (from - range.from) * rowBytes,
    );
  }
}
