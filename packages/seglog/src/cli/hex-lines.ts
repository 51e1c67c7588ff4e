const LINE_BYTES = 16;

/** Bytes as `hexdump -C` shows them: position, 16 bytes in hexadecimal, and what is printable. */
export function* hexLines(bytes: Uint8Array): Generator<string, undefined> {
  for (let at = 0; at < bytes.length; at += LINE_BYTES) {
    const line = Array.from(bytes.subarray(at, at + LINE_BYTES));
    const codes = line.map((byte) => byte.toString(16).padStart(2, "0"));
    const halves = [codes.slice(0, 8).join(" "), codes.slice(8).join(" ")];
    const printable = line.map((byte) =>
      byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".",
    );
    const position = at.toString(16).padStart(8, "0");
    yield `${position}  ${halves.join("  ").padEnd(48)}  |${printable.join("")}|`;
  }
}
