type Detachable = ArrayBuffer & { transfer?(length: number): ArrayBuffer };

/**
 * Takes the memory away from a buffer and all views of it, which are empty from then on.
 *
 * @returns whether this Node can: 20 cannot, there memory waits until the buffer is collected
 */
export function detach(buffer: ArrayBuffer): boolean {
  const { transfer } = buffer as Detachable;
  if (transfer === undefined) return false;
  transfer.call(buffer, 0);
  return true;
}
