#!/usr/bin/env node
/**
 * The command line. Each command is loaded when it is called, so that `aiqyn verdict` pays for neither DuckDB nor charts.
 * The one place that turns errors into exit codes: 0 done, 1 failed, 2 bad usage or config, 3 done but something was missing.
 */
import { createProgram } from './program.ts';
import { start } from './start.ts';

await start(createProgram);
