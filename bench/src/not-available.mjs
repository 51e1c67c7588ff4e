/** Ours is not measured here, and that is no failure. */
export class NotAvailable extends Error {
  /** @override */
  name = "NotAvailable";
}
