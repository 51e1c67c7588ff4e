#!/usr/bin/env node
import process from "node:process";
import { runProgram } from "./run-program.ts";

process.exitCode = await runProgram(process.argv.slice(2), process);
// what is still open, as an endless standard input, must not keep it from ending
process.stdin.destroy();
