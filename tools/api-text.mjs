/** @typedef {import("./api.mjs").Api} Api */

/**
 * What is exported and not explained. A field may do without a sentence where its name and type say
 * all; names that are exported, and methods, may not.
 *
 * @param {readonly Api[]} apis
 * @returns {string[]} one line per violation
 */
export function textViolations(apis) {
  return apis.flatMap(({ name, entries, missing }) => [
    ...entries.flatMap(({ specifier, names }) =>
      names.flatMap((declared) => {
        const silent = declared.members.filter(
          ({ docs, signature }) => docs === "" && isMethod(signature),
        );
        return [
          ...(declared.docs === "" ? [`${specifier}: ${declared.name} has no docstring`] : []),
          ...silent.map(
            (member) => `${specifier}: ${declared.name}.${member.name} has no docstring`,
          ),
        ];
      }),
    ),
    ...missing.map((type) => `${name} shows ${type}, and does not export it`),
  ]);
}

/**
 * @param {string} signature  of a member
 * @returns {boolean}
 */
export function isMethod(signature) {
  return !signature.startsWith("constructor") && /^(?:readonly )?[^:{]*\(/.test(signature);
}
