import { SeglogError } from "@seglog/errors";

export function indexFull(path: string): SeglogError {
  const context = { path, operation: "map", errno: "EFBIG" };
  return new SeglogError("ERR_SEGLOG_IO", `${path} has no room for another entry`, context);
}

export function indexClosed(path: string): SeglogError {
  const what = `index ${path}`;
  return new SeglogError("ERR_SEGLOG_CLOSED", `${what} is closed`, { what });
}

export function indexReadOnly(path: string): SeglogError {
  return new SeglogError("ERR_SEGLOG_READ_ONLY", `${path} was opened for reading`, { path });
}
