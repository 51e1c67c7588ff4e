import type { Seglog } from "../contract.ts";
export interface InspectorOptions {
  readonly port?: number | undefined;
  readonly segmentBytesMax?: number | undefined;
}
export interface InspectorServer {
  readonly url: string;
  [Symbol.asyncDispose](): Promise<void>;
}
export async function serveInspector(_log: Seglog, _o: InspectorOptions): Promise<InspectorServer> {
  throw new Error("soon");
}
