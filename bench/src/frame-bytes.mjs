/** Of seglog's default frame: header of the frame, and number and time of the record. */
const OVERHEAD_BYTES = 16;

/**
 * @param {number} recordBytes
 * @returns {number} what the raw operations write for a record
 */
export function frameBytesOf(recordBytes) {
  return recordBytes + OVERHEAD_BYTES;
}
