import { NotAvailable } from "./not-available.mjs";
import { ratiosOf, summarizeRounds } from "./summary.mjs";

/** @typedef {import("./contract.ts").Case} Case */
/** @typedef {import("./contract.ts").CaseResult} CaseResult */
/** @typedef {import("./contract.ts").Contender} Contender */
/** @typedef {import("./contract.ts").ContenderResult} ContenderResult */
/** @typedef {import("./contract.ts").Runner} Runner */
/** @typedef {import("./contract.ts").Sample} Sample */
/**
 * @typedef {object} Seat
 * @property {Contender} contender
 * @property {Runner | undefined} runner
 * @property {string | undefined} reason  why it does not take part, or no longer
 * @property {Sample[]} rounds
 */

/** Who is not warm by then is measured as it is. */
const WARM_UPS_MAX = 4;

/**
 * Runs one case: all contenders are prepared, then measured in turn, A B C A B C …, so that what
 * the machine does meanwhile meets all of them. What warms up before is not counted.
 *
 * A peer or raw operation that fails is out, with the reason; that ours fails is an error.
 *
 * @param {Case} what
 * @param {number} rounds
 * @param {(contender: Contender, round: number) => void} onTurn  before each measurement, round 0
 *   is the warm-up
 * @returns {Promise<CaseResult>}
 */
export async function runCase(what, rounds, onTurn) {
  const counted = Math.min(rounds, what.roundsMax ?? rounds);
  /** @type {Seat[]} */
  const seats = [];
  const [measured] = await Promise.allSettled([measureAll(seats, what, counted, onTurn)]);
  // all of them, whatever one of them does: what is left open goes on
  const closing = seats.map((seat) => guarded(seat, async () => seat.runner?.close()));
  const closed = await Promise.allSettled(closing);
  const failed = [measured, ...closed].find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
  return resultOf(what, seats);
}

/**
 * @param {Seat[]} seats  filled with the contenders
 * @param {Case} what
 * @param {number} counted
 * @param {(contender: Contender, round: number) => void} onTurn
 */
async function measureAll(seats, { contenders }, counted, onTurn) {
  for (const contender of contenders) {
    onTurn(contender, 0);
    /** @type {Seat} */
    const seat = { contender, runner: undefined, reason: undefined, rounds: [] };
    seats.push(seat);
    await guarded(seat, async () => {
      seat.runner = await contender.prepare();
    });
  }
  for (let warmUp = 1; warmUp <= WARM_UPS_MAX; warmUp++) {
    const cold = warmUp === 1 ? seats : seats.filter(({ runner }) => runner?.isWarm?.() === false);
    await takeTurns(cold, 0, onTurn);
  }
  for (let round = 1; round <= counted; round++) await takeTurns(seats, round, onTurn);
}

/**
 * @param {readonly Seat[]} seats
 * @param {number} round
 * @param {(contender: Contender, round: number) => void} onTurn
 */
async function takeTurns(seats, round, onTurn) {
  for (const seat of seats) {
    if (seat.runner === undefined || seat.reason !== undefined) continue;
    onTurn(seat.contender, round);
    await measure(seat, seat.runner, round > 0);
  }
}

/**
 * @param {Seat} seat
 * @param {Runner} runner
 * @param {boolean} counts
 */
async function measure(seat, runner, counts) {
  await guarded(seat, async () => {
    const sample = await runner.round();
    if (counts) seat.rounds.push(sample);
  });
}

/**
 * @param {Seat} seat
 * @param {() => Promise<void>} action
 */
async function guarded(seat, action) {
  const { role, name } = seat.contender;
  try {
    await action();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (role === "ours" && !(error instanceof NotAvailable)) {
      throw new Error(`${name}: ${text}`, { cause: error });
    }
    seat.reason ??= text.split("\n", 1)[0] ?? text;
  }
}

/**
 * @param {Case} what
 * @param {readonly Seat[]} seats
 * @returns {CaseResult}
 */
function resultOf({ id, title, metrics }, seats) {
  const contenders = seats.map(({ contender, reason, rounds }) => {
    const { prepare, ...known } = contender;
    const complete = reason === undefined && rounds.length > 0;
    return /** @type {ContenderResult} */ ({
      ...known,
      status: complete ? "measured" : "not available",
      ...(complete ? {} : { reason: reason ?? "no round was measured" }),
      rounds: complete ? rounds : [],
      summary: complete ? summarizeRounds(rounds) : {},
    });
  });
  return { id, title, metrics, contenders, ratios: ratiosOf(metrics, contenders) };
}
