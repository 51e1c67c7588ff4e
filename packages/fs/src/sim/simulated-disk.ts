import { checkInteger } from "@seglog/errors";
import { newDirectory } from "../names/name-tree.ts";
import { contentsOf, corrupt, fileAt, replace, zeroRange } from "./bit-rot.ts";
import type { SimulatedDisk, SimulatedDiskOptions } from "./contract.ts";
import { crashStates } from "./crash-states.ts";
import { DiskCore } from "./disk-core.ts";
import {
  checkCrashStatesOptions,
  checkDiskOptions,
  checkFault,
  checkQuota,
} from "./disk-options.ts";
import { mixSeeds } from "./random.ts";
import { simFileSystem } from "./sim-file-system.ts";

/**
 * A disk in memory, empty but for its root `/`, where relative paths start.
 *
 * @throws ERR_SEGLOG_INVALID_ARGUMENT  an unknown option, or one out of bounds
 */
export function simulatedDisk(options: SimulatedDiskOptions): SimulatedDisk {
  return diskOf(new DiskCore(checkDiskOptions(options), newDirectory(), 1));
}

function diskOf(core: DiskCore): SimulatedDisk {
  const { machine, options } = core;
  return {
    fs: simFileSystem(core),
    get operationCount() {
      return machine.operationCount;
    },
    get openHandles() {
      return machine.openHandles;
    },
    get openMappings() {
      return machine.openMappings;
    },
    get heldLocks() {
      return machine.heldLocks;
    },
    get powerIsGone() {
      return machine.powerIsGone;
    },
    get sigbus() {
      return machine.sigbus;
    },
    get quotaBytes() {
      return core.quotaBytes;
    },
    set quotaBytes(quotaBytes) {
      checkQuota(quotaBytes);
      core.quotaBytes = quotaBytes;
    },
    get usedBytes() {
      return core.usedBytes();
    },
    onOperation: (hook) => machine.onOperation(hook),
    fail(fault) {
      checkFault(fault);
      return machine.fail(fault);
    },
    cutAfter(index) {
      checkInteger("index", index, { min: 0 });
      machine.cutAfter(index);
    },
    cut: () => machine.cut(),
    crashStates(asked = {}) {
      const seed = mixSeeds(options.seed, machine.operationCount);
      const checked = checkCrashStatesOptions(asked, seed);
      const { quotaBytes, bootId } = core;
      return crashStates(core, checked, (root, index) => {
        const next = { ...options, quotaBytes, seed: mixSeeds(checked.seed, index) };
        return diskOf(new DiskCore(next, root, bootId + 1));
      });
    },
    contents: (path) => contentsOf(fileAt(core, path)),
    corrupt: (path, position, xor) => corrupt(fileAt(core, path), position, xor),
    zeroRange: (path, from, to) => zeroRange(fileAt(core, path), from, to),
    replace: (path, bytes) => replace(fileAt(core, path), bytes),
    swap: (path, other) => fileAt(core, path).swap(fileAt(core, other)),
  };
}
