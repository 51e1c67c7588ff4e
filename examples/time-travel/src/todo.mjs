/**
 * @typedef {{ text: string, done: boolean }} Todo
 * @typedef {{ type: "add", text: string }
 *   | { type: "toggle", at: number }
 *   | { type: "clear" }} TodoAction
 */

/** @type {readonly Todo[]} */
export const initial = Object.freeze([]);

/**
 * @param {readonly Todo[]} todos
 * @param {TodoAction} action
 * @returns {readonly Todo[]}
 */
export function reduce(todos, action) {
  switch (action.type) {
    case "add":
      return [...todos, { text: action.text, done: false }];
    case "toggle":
      return todos.map((todo, at) => (at === action.at ? { ...todo, done: !todo.done } : todo));
    case "clear":
      return todos.filter(({ done }) => !done);
  }
}
