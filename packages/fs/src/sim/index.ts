export type {
  CrashState,
  CrashStatesOptions,
  DiskFault,
  DiskOperation,
  DiskScheduler,
  SimulatedDisk,
  SimulatedDiskOptions,
} from "./contract.ts";
export { simulatedDisk } from "./simulated-disk.ts";
export { type TurnScheduler, turnScheduler } from "./turn-scheduler.ts";
