import { AspectsSession } from '../aspectsSession';
import { fakePorts, type FakePorts } from './fakePorts';

const sessions: AspectsSession[] = [];

/** For `afterEach`: a session holds timers and listeners of the page. */
export function leaveSessions(): void {
  sessions.splice(0).forEach(session => session.onModeExit());
}

/** Lets what runs on its own, such as restoring a draft, come to its end. */
export const settle = () => new Promise(resolve => setTimeout(resolve, 20));

/** For what takes longer than that on a busy machine: tries until it holds, 2 s at most. */
export async function eventually(expectation: () => void | Promise<void>): Promise<void> {
  const deadline = Date.now() + 2000;
  for (;;) {
    try {
      await expectation();
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
      await settle();
    }
  }
}

export function start(ports: FakePorts = fakePorts(), { panel = true } = {}) {
  const session = new AspectsSession(ports);
  sessions.push(session);
  session.onModeEnter();
  if (panel) {
    session.panelOpened();
  }
  return { session, ports, state: () => session.getSnapshot() };
}

export async function computed(ports: FakePorts = fakePorts()) {
  const started = start(ports);
  await started.session.compute();
  expect(started.state().phase).toBe('done');
  return started;
}
