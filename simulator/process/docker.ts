/** Whether a Docker engine answers: asked on its socket, so that nothing need be installed to learn that there is none. */
import { request, type RequestOptions } from 'node:http';

const answerMs = 2000;

export function isDockerAnswering(dockerHost: string | undefined): Promise<boolean> {
  const address = dockerAddress(dockerHost);
  if (address === null) return Promise.resolve(false);
  return new Promise((resolve) => {
    const ping = request({ ...address, path: '/_ping', timeout: answerMs }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.on('timeout', () => ping.destroy());
    ping.on('error', () => resolve(false));
    ping.end();
  });
}

/** From DOCKER_HOST; null for a scheme we cannot ask (ssh). */
export function dockerAddress(dockerHost: string | undefined): RequestOptions | null {
  const url = dockerHost === undefined || dockerHost === '' ? 'unix:///var/run/docker.sock' : dockerHost;
  if (url.startsWith('unix://')) return { socketPath: url.slice('unix://'.length) };
  if (!/^(tcp|http):\/\//.test(url)) return null;
  const { hostname, port } = new URL(url.replace(/^tcp:/, 'http:'));
  return { host: hostname, port: port === '' ? 2375 : Number(port) };
}
