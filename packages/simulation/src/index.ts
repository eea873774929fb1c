/**
 * Seeded histories of clients of one store, with faults, that replay exactly.
 *
 * @module
 */
export {
  SimulationError,
  isSimulationError,
  type SimulationErrorCode,
} from "./simulation-error.ts";
