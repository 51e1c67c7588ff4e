/**
 * What has happened.
 *
 * @typedef {{ type: "opened", account: string }
 *   | { type: "deposited", account: string, amount: number }
 *   | { type: "withdrawn", account: string, amount: number }} AccountEvent
 */

/**
 * What is wanted.
 *
 * @typedef {{ type: "open", account: string }
 *   | { type: "deposit", account: string, amount: number }
 *   | { type: "transfer", from: string, to: string, amount: number }} Command
 */

/** Balances. @typedef {ReadonlyMap<string, number>} Accounts */

/**
 * The events that a command leads to. Pure: the same state and command, the same events.
 *
 * @param {Accounts} accounts
 * @param {Command} command
 * @returns {AccountEvent[]}
 */
export function decide(accounts, command) {
  if (command.type === "open") {
    if (accounts.has(command.account)) throw new Error(`${command.account} is open already`);
    return [{ type: "opened", account: command.account }];
  }
  if (!Number.isSafeInteger(command.amount) || command.amount <= 0) {
    throw new Error(`${command.amount} is no amount`);
  }
  if (command.type === "deposit") {
    balanceOf(accounts, command.account);
    return [{ type: "deposited", account: command.account, amount: command.amount }];
  }
  const { from, to, amount } = command;
  balanceOf(accounts, to);
  if (balanceOf(accounts, from) < amount) throw new Error(`${from} has less than ${amount}`);
  return [
    { type: "withdrawn", account: from, amount },
    { type: "deposited", account: to, amount },
  ];
}

/**
 * The state after an event. Pure, and never refuses: it has happened.
 *
 * @param {Accounts} accounts
 * @param {AccountEvent} event
 * @returns {Accounts}
 */
export function evolve(accounts, event) {
  const balance = accounts.get(event.account) ?? 0;
  const change = event.type === "opened" ? 0 : event.amount;
  const after = event.type === "withdrawn" ? balance - change : balance + change;
  return new Map(accounts).set(event.account, after);
}

/**
 * @param {Accounts} accounts
 * @param {string} account
 */
function balanceOf(accounts, account) {
  const balance = accounts.get(account);
  if (balance === undefined) throw new Error(`there is no account ${account}`);
  return balance;
}
