import { createServer, request } from 'node:http';
import { freePort } from '../../e2e/lib/orthanc.mjs';

/**
 * What stands between a server and its archive, and does harm.
 *
 * @param {string} root address of the archive
 * @param {(path: string) => Promise<number | undefined>} harm is asked before each request; gives a status with which a web page
 *   is answered instead
 */
export async function startFaultyProxy(root, harm) {
  const port = await freePort();
  const server = createServer(async (incoming, outgoing) => {
    const { method, headers, url } = incoming;
    const status = await harm(url);
    if (status !== undefined) {
      incoming.resume();
      outgoing.writeHead(status, { 'Content-Type': 'text/html' }).end('<!doctype html><title>Faulty</title>');
      return;
    }
    const onward = request(new URL(url, root), { method, headers }, answer => {
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
