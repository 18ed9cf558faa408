import http from 'node:http';

/**
 * A reverse proxy before a viewer and its archive, which can be told to misbehave towards the browser.
 *
 * `faults` are what happens to the coming STOW requests, in order; afterwards they are passed on. A number is
 * an HTTP status; `cut`: the connection breaks half-way through the request; `store-then-cut`: it is passed
 * on, and the connection breaks before the answer; `hang`: no answer, ever. While `archiveStopped` is true,
 * every DICOMweb connection breaks. `stored` counts the STOW requests that were passed on.
 *
 * @param target origin that requests are passed on to
 * @param headers further headers of every answer
 */
export async function openFrontDoor(target, headers = {}) {
  const { hostname, port } = new URL(target);
  const door = { faults: [], archiveStopped: false, stored: 0, url: '', stop: undefined };
  const held = new Set();

  const server = http.createServer((request, response) => {
    const isDicomWeb = request.url.startsWith('/dicom-web/');
    const isStow = isDicomWeb && request.method === 'POST';
    if (isDicomWeb && door.archiveStopped) {
      request.socket.destroy();
      return;
    }
    const fault = isStow ? door.faults.shift() : undefined;
    if (typeof fault === 'number') {
      request.resume().once('end', () => response.writeHead(fault, { connection: 'close' }).end());
    } else if (fault === 'cut') {
      request.once('data', () => request.socket.destroy());
    } else if (fault === 'hang') {
      request.resume();
      held.add(request.socket);
    } else {
      passOn(request, response, fault === 'store-then-cut');
      door.stored += isStow ? 1 : 0;
    }
  });

  function passOn(request, response, cutBeforeAnswer) {
    const { method, url } = request;
    const options = { hostname, port, method, path: url, headers: request.headers };
    const onward = http.request(options, answer => {
      if (cutBeforeAnswer) {
        answer.resume().once('end', () => request.socket.destroy());
        return;
      }
      // A browser sends a request again by itself when a connection that it had used before breaks.
      response.writeHead(answer.statusCode, { ...answer.headers, ...headers, connection: 'close' });
      answer.pipe(response);
    });
    onward.once('error', () => request.socket.destroy());
    request.pipe(onward);
  }

  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  door.url = `http://localhost:${server.address().port}/`;
  door.stop = () =>
    new Promise(resolve => {
      held.forEach(socket => socket.destroy());
      server.close(resolve);
      server.closeAllConnections();
    });
  return door;
}
