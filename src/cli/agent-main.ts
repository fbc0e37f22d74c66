/** The agent of one file starts here; scripts/build-agent.js makes the file. */
import { keepSmall } from './small-memory.ts';

keepSmall();
const [{ createAgentProgram }, { start }] = await Promise.all([
  import('./agent-program.ts'),
  import('./start.ts'),
]);
await start(createAgentProgram);
