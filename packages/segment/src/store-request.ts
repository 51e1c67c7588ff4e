import type { ResolvedCatalogOptions } from "./catalog-options.ts";
import type { OpenStoreRequest } from "./directory-contract.ts";

/** What differs from one opening of a store to the other. */
export type StoreRequestParts = Required<Pick<OpenStoreRequest, "create" | "end" | "logId">> &
  Pick<OpenStoreRequest, "access" | "keepRecords">;

/** What a catalog asks of `openStore`: the log's options, and `parts`. */
export function storeRequest(
  options: ResolvedCatalogOptions,
  parts: StoreRequestParts & Required<Pick<OpenStoreRequest, "path" | "baseOffset">>,
): OpenStoreRequest {
  const { fs, frameFormat, recordBytesMax, stagedBytesMax, segmentBytesMax, mode } = options;
  return {
    fs,
    frameFormat,
    recordBytesMax,
    stagedBytesMax,
    expectedBytes: segmentBytesMax,
    mode,
    ...parts,
    ...(options.random === undefined ? {} : { random: options.random }),
  };
}
