/** A promise of seglog that did not hold; the message says which, for a person. */
export class Violation extends Error {
  /** @param {string} message @param {unknown} [cause] */
  constructor(message, cause) {
    super(isTold(cause) ? message : `${message}: ${textOf(cause)}`, { cause });
    this.name = "Violation";
  }
}

/** An error with its code, and those that it was caused by, in one line. @param {unknown} error */
export function textOf(error) {
  const texts = [];
  for (let at = error; at instanceof Error && texts.length < 5; at = at.cause) {
    const { code } = /** @type {{ code?: string }} */ (at);
    texts.push(code === undefined ? `${at.name}: ${at.message}` : `${code} ${at.message}`);
  }
  return texts.length === 0 ? String(error) : texts.join(" <- ");
}

/** Whether `error` carries a code of seglog. @param {unknown} error */
export function isCoded(error) {
  const { code } = /** @type {{ code?: unknown }} */ (error ?? {});
  return error instanceof Error && typeof code === "string" && code.startsWith("ERR_SEGLOG_");
}

/** Violations of one kind begin alike, whatever the numbers. @param {Violation} violation */
export function kindOf({ message }) {
  const [line = ""] = message.replaceAll(/\d+/g, "#").split("\n");
  return line.slice(0, KIND_CHARACTERS);
}

const KIND_CHARACTERS = 32;

/** What was thrown, as a violation that says where. @param {unknown} error @param {string} where */
export function asViolation(error, where) {
  const text = error instanceof Violation ? error.message : `unexpected ${textOf(error)}`;
  return new Violation(`${text}\n  ${where}`, error);
}

/** Whether the message of `cause` is in the one of the violation already. @param {unknown} cause */
function isTold(cause) {
  return cause === undefined || cause instanceof Violation;
}
