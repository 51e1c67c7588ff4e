import { getSystemErrorName } from "node:util";

/** The error of a system call made without Node, shaped like Node's: `code` is the errno's name. */
export function systemError(call: string, errno: number): Error {
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(`${code}: ${call}`), { code, errno: -errno, syscall: call });
}
