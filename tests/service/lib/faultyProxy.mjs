import { createServer, request } from 'node:http';
import { freePort } from '../../e2e/lib/orthanc.mjs';

/**
 * What stands between a server and its archive, and does harm.
 *
 * @param {string} root address of the archive
 * @param {(path: string, method: string) => Promise<number | 'trickle' | 'silence' | undefined>} harm is
 *   asked before each request; gives a status with which a web page is answered instead, or has the answer go
 *   on for ever, or passes the request on and never answers
 */
export async function startFaultyProxy(root, harm) {
  const port = await freePort();
  const server = createServer(async (incoming, outgoing) => {
    const { method, headers, url } = incoming;
    const fault = await harm(url, method);
    if (fault === 'trickle') {
      incoming.resume();
      trickle(outgoing);
      return;
    }
    if (typeof fault === 'number') {
      incoming.resume();
      outgoing.writeHead(fault, { 'Content-Type': 'text/html' }).end('<!doctype html><title>Faulty</title>');
      return;
    }
    const onward = request(new URL(url, root), { method, headers }, answer => {
      if (fault === 'silence') {
        answer.resume();
        return;
      }
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise(resolve => server.listen(port, '127.0.0.1', resolve));
  return {
    dicomWeb: `http://127.0.0.1:${port}/dicom-web`,
    stop() {
      server.closeAllConnections();
      return new Promise(resolve => server.close(resolve));
    },
  };
}

/** An answer of which a bit comes now and then, so that no wait for the next one is long. */
function trickle(outgoing) {
  outgoing.writeHead(200, { 'Content-Type': 'multipart/related; boundary=never' });
  const timer = setInterval(() => outgoing.write(' '), 1000);
  outgoing.on('close', () => clearInterval(timer));
}
