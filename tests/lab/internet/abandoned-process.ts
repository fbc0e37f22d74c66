/** Opens a lab's wires with a program on one of them, says where, and waits to be killed. */
import { writeSync } from 'node:fs';
import { startProgram } from '../../support/cli.ts';
import { LINES } from './geography.ts';
import { inside, labFolder, ownTag, removeAtExit } from './namespaces.ts';
import { layWires, namesOf } from './topology.ts';

const lab = `${ownTag()}-1`;
const wires = namesOf(lab);
removeAtExit();
labFolder(lab);
await layWires(wires);
const [line] = LINES;
if (line === undefined) throw new RangeError('the lab has no line');
const program = startProgram([...inside(wires.vantage(line)), 'sleep', '600']);
writeSync(1, `${wires.vantage(line)}\n`);
await program.exited;
