import { z } from "zod";

/**
 * One message as it is stored: the value of one record of the log.
 *
 * The log itself adds the offset and the time. `id` is the sender's own name for the message, by
 * which a repeated send is recognised; imported messages have `time`, in ms since the epoch,
 * instead.
 *
 * @typedef {object} Message
 * @property {string} room
 * @property {string} user
 * @property {string} text
 * @property {string} [id]
 * @property {number} [time]
 */

/**
 * One message as the page gets it.
 *
 * @typedef {Message & { offset: number, time: number }} ShownMessage
 */

export const LIMITS = Object.freeze({
  userLength: 40,
  roomLength: 32,
  textLength: 4000,
  /** Bytes of a request: the longest text in the widest encoding JSON knows, and the rest. */
  requestBytes: 32 * 1024,
});

const user = z
  .string()
  .trim()
  .min(1)
  .max(LIMITS.userLength)
  .regex(/^\P{C}+$/u, "not printable");
const text = z.string().trim().min(1).max(LIMITS.textLength);
const room = z
  .string()
  .trim()
  .max(LIMITS.roomLength)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u, "a room is letters, digits, space, dot, _ and -");
const id = z.string().regex(/^[\w-]{8,64}$/, "8 to 64 letters, digits, _ and -");

/** What a page sends; the room stands in the address. */
export const draftSchema = z.strictObject({ id, user, text });
export const roomSchema = room;

const msSinceEpoch = z.union([
  z.int().nonnegative(),
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
]);

/** One line of an imported file. Fields that it does not name are left out. */
export const importedSchema = z.object({
  room: room.default("general"),
  user,
  text,
  time: msSinceEpoch,
});

/** Says in one line what is wrong with an input. @param {z.ZodError} error @returns {string} */
export function explain(error) {
  return error.issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join(".")}: ${message}` : message))
    .join("; ");
}

/**
 * @param {{ offset: number, time: number, value: Message }} record
 * @returns {ShownMessage}
 */
export function shown({ offset, time, value }) {
  return { ...value, offset, time: value.time ?? time };
}
