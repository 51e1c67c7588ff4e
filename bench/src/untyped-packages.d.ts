// What is used of packages that come without types.

declare module "async-append-only-log" {
  type Callback<T> = (error: Error | null, value: T) => void;
  interface OffsetLog {
    append(data: Uint8Array, callback: Callback<number>): void;
    get(offset: number, callback: Callback<Uint8Array>): void;
    onDrain(callback: () => void): void;
    stream(options: object): { pipe(sink: object): void };
    close(callback: (error: Error | null) => void): void;
  }
  const open: (path: string, options: object) => OffsetLog;
  export = open;
}

declare module "event-storage" {
  interface Storage {
    readonly length: number;
    open(): boolean;
    write(document: string | undefined, callback?: () => void): number;
    flush(): boolean;
    read(number: number): string;
    readRange(from: number, until?: number): Iterable<string>;
    close(): void;
  }
  const packageExports: {
    Storage: new (name: string, options: object) => Storage;
    LOCK_THROW: number;
    LOCK_RECLAIM: number;
  };
  export = packageExports;
}

declare module "hypercore" {
  interface Hypercore {
    readonly core: { storage: { store: { db: { flush(): Promise<void> } } } };
    ready(): Promise<void>;
    append(blocks: readonly Uint8Array[]): Promise<unknown>;
    get(index: number): Promise<Uint8Array>;
    createReadStream(): AsyncIterable<Uint8Array>;
    close(): Promise<void>;
  }
  const hypercore: new (path: string) => Hypercore;
  export = hypercore;
}

declare module "@observablehq/plot" {
  type Mark = object;
  export function plot(options: object): { outerHTML: string };
  export function barX(data: readonly object[], options: object): Mark;
  export function dot(data: readonly object[], options: object): Mark;
  export function line(data: readonly object[], options: object): Mark;
  export function link(data: readonly object[], options: object): Mark;
  export function ruleX(data: readonly unknown[], options?: object): Mark;
  export function text(data: readonly object[], options: object): Mark;
}

// Not among the types for Node 20.
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number });
    readonly buffer: ArrayBuffer;
  }
}
