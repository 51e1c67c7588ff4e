import type { Segment } from "@seglog/segment";
import type { LogRecord, Offset } from "./contract.ts";
import { outOfRange } from "./log-errors.ts";
import type { ReadableLog } from "./log-reader.ts";
import { lastAtOrBelow } from "./segment-set.ts";
import {
  decodeSnapshotHeader,
  encodeSnapshotHeader,
  encodeSnapshotRecords,
} from "./snapshot-format.ts";

/** One chunk of the stream: large enough that a chunk's fixed cost is lost in its bytes. */
const CHUNK = Object.freeze({ recordsMax: 4096, bytesMax: 256 * 1024 });

/** The committed records of `log` as a byte stream, as of now; see `Log.reader`. */
export function snapshotReader(log: ReadableLog): ReadableStream<Uint8Array> {
  const { segments } = log;
  const { firstOffset } = log.truncator;
  const { committedOffset: to } = log.committer;
  const first = lastAtOrBelow(segments.all, firstOffset);
  const header = encodeSnapshotHeader({ firstOffset, recordCount: to - firstOffset });
  const decoded = decodeSnapshotHeader(header);
  let checksum = decoded.kind === "valid" ? decoded.checksum : 0;
  let at: Offset = firstOffset;
  const mark = log.cuts.begin();
  const held = segments.all.slice(first).filter((segment) => segment.baseOffset < to);
  const pin = segments.pin(held);
  const release = (): Promise<void> => {
    log.cuts.end(mark);
    return segments.unpin(pin);
  };

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(header);
      },
      async pull(controller) {
        try {
          const records = await log.lock.withSharedNow(() => {
            return nextChunk(log, pin.segments, { at, to, cut: mark.lowest });
          });
          if (records.length === 0) {
            await release();
            controller.close();
            return;
          }
          at += records.length;
          const encoded = encodeSnapshotRecords(records, checksum);
          checksum = encoded.checksum;
          controller.enqueue(encoded.bytes);
        } catch (error) {
          await release();
          throw error; // errors the stream
        }
      },
      async cancel() {
        await release();
      },
    },
    { highWaterMark: 1 },
  );
}

function nextChunk(
  log: ReadableLog,
  pinned: readonly Segment[],
  { at, to, cut }: { readonly at: Offset; readonly to: Offset; readonly cut: number },
): LogRecord[] {
  log.failure.checkReadable();
  if (at === to) return [];
  if (cut < to) throw outOfRange("snapshot", at, { from: log.truncator.firstOffset, to: cut });
  const segment = pinned[lastAtOrBelow(pinned, at)] as Segment;
  return segment.scan(at, { ...CHUNK, to });
}
