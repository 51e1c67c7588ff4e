/** The directory that holds the name `path`. */
export function parentOf(path: string): string {
  const trimmed = path.replace(/(?<=.)\/+$/, "");
  const end = trimmed.lastIndexOf("/");
  return end < 0 ? "." : trimmed.slice(0, Math.max(end, 1));
}

/** A directory that may be read must be searchable: each r bit brings its x bit. */
export function directoryMode(mode: number): number {
  return mode | ((mode & 0o444) >> 2);
}
