import { FRAME_HEADER_BYTES } from "./format.ts";

/**
 * Puts `head`, where there is one, and `record` behind the header of the frame at `bytes[at]`.
 * @returns how long the payload is
 */
export function copyPayload(
  bytes: Uint8Array,
  at: number,
  head: Uint8Array | undefined,
  record: Uint8Array,
): number {
  const payload = at + FRAME_HEADER_BYTES;
  const headBytes = head === undefined ? 0 : head.length;
  if (head !== undefined) bytes.set(head, payload);
  bytes.set(record, payload + headBytes);
  return headBytes + record.length;
}
