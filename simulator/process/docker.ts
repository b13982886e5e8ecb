/** The Docker engine, asked on its socket: so nothing need be installed to learn that there is none, or to remove what is left in it. */
import { once } from 'node:events';
import { type IncomingMessage, request, type RequestOptions } from 'node:http';
import { text } from 'node:stream/consumers';

const answerMs = 2000;
const removalMs = 10_000;

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

/** All that have the label (`name=value`), running or not, with their volumes. Throws when the engine does not do it. */
export async function removeContainers(dockerHost: string | undefined, label: string): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
  const found = await ask(dockerHost, 'GET', `/containers/json?all=1&filters=${filters}`);
  const containers: readonly { readonly Id: string }[] = JSON.parse(found);
  // By force, since a paused container takes no signal.
  for (const { Id: id } of containers) await ask(dockerHost, 'DELETE', `/containers/${id}?force=1&v=1`);
}

async function ask(dockerHost: string | undefined, method: string, path: string): Promise<string> {
  const address = dockerAddress(dockerHost);
  if (address === null) throw new TypeError(`There is no way to ask ${dockerHost ?? 'the engine'}.`);
  const asked = request({ ...address, method, path, timeout: removalMs });
  asked.on('timeout', () => asked.destroy(new Error(`no answer within ${removalMs / 1000} s`)));
  asked.end();
  const [response]: IncomingMessage[] = await once(asked, 'response');
  if (response === undefined) throw new TypeError('an answer without a response');
  const body = await text(response);
  const status = response.statusCode ?? 0;
  // 404: it has gone meanwhile.
  if (status >= 400 && status !== 404)
    throw new Error(`the Docker engine answered ${method} ${path} with ${status}: ${body}`);
  return body;
}

/** From DOCKER_HOST; null for a scheme we cannot ask (ssh). */
export function dockerAddress(dockerHost: string | undefined): RequestOptions | null {
  const url = dockerHost === undefined || dockerHost === '' ? 'unix:///var/run/docker.sock' : dockerHost;
  if (url.startsWith('unix://')) return { socketPath: url.slice('unix://'.length) };
  if (!/^(tcp|http):\/\//.test(url)) return null;
  const { hostname, port } = new URL(url.replace(/^tcp:/, 'http:'));
  return { host: hostname, port: port === '' ? 2375 : Number(port) };
}
