import type { Store } from "../contract.ts";

/** One promise of the contract, shown by calls. */
export interface ConformanceCase {
  /** The promise, in words. Unique within the kit. */
  readonly name: string;
  /** Resolves when the promise holds; rejects with an Error that says what was found instead. */
  run(): Promise<void>;
}

/** A place for one store. Every case asks for its own. */
export interface StorePlace {
  /** Opens the store of this place: empty at first, later with what `close` left. */
  open(): Promise<Store>;
  /**
   * Takes from this place everything that is not durable, as a power cut does, open stores
   * included, which the kit does not touch any more. Needed for `StoreTraits.durable` only.
   */
  powerCut?(): Promise<void>;
  /**
   * Opens it for reading, also while it is open. Needed for `StoreTraits.follows` only, and only
   * called when something was flushed.
   */
  openReader?(): Promise<Store>;
  /** Removes the place. Called once, also when the case failed. */
  dispose(): Promise<void>;
}

/** Makes an empty place. */
export type StorePlaceFactory = () => Promise<StorePlace>;

/** What the stores of a factory can do beyond the contract's least. Each adds cases to the kit. */
export interface StoreTraits {
  /** A store that was closed is there again when its place is opened. */
  readonly persistent?: boolean;
  /** The places have `openReader`. */
  readonly follows?: boolean;
  /** The places have `powerCut`. */
  readonly durable?: boolean;
  /**
   * The stores are opened with this `recordBytesMax`, and count a record as its own length. The
   * kit appends records that long, and others of up to 3 MiB: 4 MiB will do.
   */
  readonly recordBytesMax?: number;
  /**
   * The stores are opened with this `stagedBytesMax`, at most 1 MiB. Cases that stage more without
   * a flush fail there: run those of which the name speaks of what is staged.
   */
  readonly stagedBytesMax?: number;
}
