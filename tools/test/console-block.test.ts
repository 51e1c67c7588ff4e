import { expect, test } from "vitest";
import { consoleProblems, consoleScript, consoleSteps } from "../console-block.mjs";

const steps = consoleSteps("$ echo a; echo b\na\nb\n$ true\n$ date\nto…day\n…\nend\n");

test("a block is commands, each with the lines that it must print", () => {
  expect(steps).toEqual([
    { command: "echo a; echo b", expected: ["a", "b"] },
    { command: "true", expected: [] },
    { command: "date", expected: ["to…day", "…", "end"] },
  ]);
});

test("a block that does not begin with a command is refused", () => {
  expect(() => consoleSteps("a\n$ echo a\n")).toThrow('begins with "$ "');
});

test("the script keeps the outputs of commands apart", () => {
  expect(consoleScript(steps)).toBe(
    "exec 2>&1\necho a; echo b\nprintf '\u001e'\ntrue\nprintf '\u001e'\ndate\nprintf '\u001e'",
  );
});

test.each([
  ["as it stands", "a\nb\n\u001e\u001eto any day\nx\ny\nend\n\u001e", []],
  ["another line", "a\nc\n\u001e\u001eto day\nx\nend\n\u001e", ["echo a; echo b"]],
  ["a line too many", "a\nb\n\u001ex\n\u001eto day\nx\nend\n\u001e", ["true"]],
  ["a line too few", "a\n\u001e\u001eto day\nx\nend\n\u001e", ["echo a; echo b"]],
  ["what … must not bridge", "a\nb\n\u001e\u001eto\nday\nx\nend\n\u001e", ["date"]],
  ["an end before the last command", "a\nb\n\u001e\u001e", ["date"]],
])("of %s the commands that differ are told", (_what, output, commands) => {
  const problems = consoleProblems(steps, output);
  expect(problems.map((problem) => problem.split("\n")[0])).toEqual(commands.map((c) => `$ ${c}`));
});

test("a character that patterns know stands for itself", () => {
  const [step] = consoleSteps("$ x\n[0, 1) a.b (c)? $1\n");
  expect(consoleProblems([step as never], "[0, 1) a.b (c)? $1\n\u001e")).toEqual([]);
  expect(consoleProblems([step as never], "[0, 1) aXb (c)? $1\n\u001e")).toHaveLength(1);
});
