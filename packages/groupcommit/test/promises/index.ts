import type { Make, PromiseCase } from "../fixture.ts";
import { abortPromises } from "./abort.ts";
import { closePromises } from "./close.ts";
import { commitPromises } from "./commit.ts";
import { failurePromises } from "./failure.ts";
import { lingerPromises } from "./linger.ts";
import { roomPromises } from "./room.ts";
import { shortagePromises } from "./shortage.ts";

/** The promises of the contract, each a case that any implementation can be run through. */
export function groupCommitPromises(make: Make): PromiseCase[] {
  return [
    ...commitPromises(make),
    ...lingerPromises(make),
    ...roomPromises(make),
    ...abortPromises(make),
    ...failurePromises(make),
    ...shortagePromises(make),
    ...closePromises(make),
  ];
}
