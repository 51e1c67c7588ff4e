import { type Channel, channel } from "node:diagnostics_channel";
import type { LogEvents } from "./events-contract.ts";

/** Whether anybody listens is asked once for each event, and nothing is made where nobody does. */
export const logChannels: Readonly<Record<keyof LogEvents, Channel>> = Object.freeze({
  "seglog:append": channel("seglog:append"),
  "seglog:sync": channel("seglog:sync"),
  "seglog:roll": channel("seglog:roll"),
  "seglog:truncate": channel("seglog:truncate"),
  "seglog:recovery": channel("seglog:recovery"),
  "seglog:failure": channel("seglog:failure"),
});

/** Publishes what `message` makes, if anybody listens. */
export function publish<Name extends keyof LogEvents>(
  name: Name,
  message: () => LogEvents[Name],
): void {
  const channel = logChannels[name];
  if (channel.hasSubscribers) channel.publish(Object.freeze(message()));
}
