import type { TypedRecord } from "../contract.ts";
import type { Output } from "./output.ts";
import type { RecordWriter } from "./record-writers.ts";

/** Prints batches as fast as who reads takes them. */
export async function printBatches(
  batches: AsyncIterable<readonly TypedRecord<Uint8Array>[]>,
  write: RecordWriter,
  output: Output,
): Promise<void> {
  for await (const batch of batches) {
    for (const record of batch) {
      write(record);
      if (output.isFull) await output.flush();
    }
    await output.flush();
  }
}
