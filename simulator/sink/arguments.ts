/** The sink's command line. */
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import * as z from 'zod';
import { messageOf } from '../process/errors.ts';
import { parseAuth, type SinkAuth } from './admission.ts';
import type { AgentTls } from './agent.ts';
import { type Fault, FaultSchema } from './faults.ts';
import { bodyBytesMaxDefault, type SinkOptions } from './sink.ts';

export interface SinkArguments extends SinkOptions {
  readonly controlPort: number;
  readonly showsProgress: boolean;
}

interface Parsed {
  readonly agents?: number;
  readonly ports?: readonly number[];
  readonly host: string;
  readonly controlPort: number;
  readonly load?: string;
  readonly fault: readonly Fault[];
  readonly seed: number;
  readonly auth?: string;
  readonly path?: string;
  readonly maxBody: number;
  readonly split: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly otlp?: true;
  readonly progress?: true;
}

const agentsDefault = 3;
const agentsMax = 100;
const portMax = 65_535;

const afterHelp = `
Examples:
  npm run sink                                            count bytes and lines
  npm run sink -- --agents 2 --load .cache/loads/HASH     judge every line
  npm run sink -- --ports 8080 --fault '{"kind":"status","status":503,"rate":0.1}'

While it runs, ask the control port: curl CONTROL/ lists what there is.`;

/** Throws a CommanderError for bad usage, and for --help once that is printed. */
export function parseSinkArguments(argv: readonly string[]): SinkArguments {
  const command = new Command('npm run sink --')
    .description(
      'A mock EdgeDelta: HTTP inputs that count, judge and misbehave on request. Prints where it listens as one line of JSON.',
    )
    .option('--agents <n>', `agents, an HTTP input port each (default: ${agentsDefault})`, parseAgents)
    .option('--ports <list>', 'their ports, such as 8080,8081 (default: any free ones)', parsePorts)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--control-port <port>', 'port of the control API, 0 for any free one', parsePort, 0)
    .option('--load <dir>', 'judge lines by this load; without one they are only counted')
    .option('--fault <json>', 'a fault from the start; may be repeated', collectFault, [])
    .option('--seed <n>', 'seed of the faults', parseCount, 1)
    .option('--auth <credentials>', 'demand bearer:TOKEN or basic:USER:PASSWORD')
    .option('--path <path>', 'take batches on this path only')
    .option('--max-body <bytes>', 'largest body, inflated', parseCount, bodyBytesMaxDefault)
    .option('--no-split', 'take a body for one record, as agents before 2.11 do')
    .option('--tls-cert <file>', 'speak TLS with this certificate (PEM)', readPem)
    .option('--tls-key <file>', 'and this key', readPem)
    .option('--tls-client-ca <file>', 'demand a certificate of this authority', readPem)
    .option('--otlp', 'take metrics by OTLP/gRPC, on a port of its own')
    .option('--progress', 'print figures every second on stderr (always in a terminal)')
    .helpOption('-h, --help', 'show this')
    .allowExcessArguments(false)
    .exitOverride()
    .addHelpText('after', afterHelp);
  const parsed = command.parse(argv).opts<Parsed>();
  return {
    ports: portsOf(parsed, command),
    host: parsed.host,
    controlPort: parsed.controlPort,
    loadDir: parsed.load ?? null,
    faults: parsed.fault,
    seed: parsed.seed,
    auth: authOf(parsed, command),
    path: parsed.path ?? null,
    bodyBytesMax: parsed.maxBody,
    splitsLines: parsed.split,
    tls: tlsOf(parsed, command),
    takesMetrics: parsed.otlp ?? false,
    showsProgress: parsed.progress ?? process.stderr.isTTY,
  };
}

function portsOf({ agents, ports }: Parsed, command: Command): readonly number[] {
  if (ports === undefined) return Array.from({ length: agents ?? agentsDefault }, () => 0);
  if (agents !== undefined && agents !== ports.length) {
    command.error(
      `error: --agents ${agents} and ${ports.length} --ports contradict each other: leave one of them out.`,
    );
  }
  return ports;
}

function authOf({ auth }: Parsed, command: Command): SinkAuth | null {
  if (auth === undefined) return null;
  // Parsed here and not by commander, which would print the token with its complaint.
  return parseAuth(auth) ?? command.error('error: --auth must be bearer:TOKEN or basic:USER:PASSWORD.');
}

function tlsOf({ tlsCert, tlsKey, tlsClientCa }: Parsed, command: Command): AgentTls | null {
  if (tlsCert !== undefined && tlsKey !== undefined)
    return { cert: tlsCert, key: tlsKey, clientCa: tlsClientCa ?? null };
  if (tlsCert !== undefined || tlsKey !== undefined || tlsClientCa !== undefined)
    command.error('error: TLS needs both --tls-cert and --tls-key.');
  return null;
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InvalidArgumentError(`It cannot be read: ${messageOf(error)}`);
  }
}

function parseCount(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('It must be a whole number from 0.');
  return value;
}

function parseAgents(text: string): number {
  const agents = parseCount(text);
  if (agents < 1 || agents > agentsMax) throw new InvalidArgumentError(`It must be a number from 1 to ${agentsMax}.`);
  return agents;
}

function parsePort(text: string): number {
  const port = parseCount(text);
  if (port > portMax) throw new InvalidArgumentError(`A port is a number from 0 to ${portMax}.`);
  return port;
}

function parsePorts(text: string): readonly number[] {
  return text.split(',').map((port) => parsePort(port.trim()));
}

function collectFault(text: string, before: readonly Fault[]): readonly Fault[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('It is not JSON; see the example in --help.');
  }
  const parsed = FaultSchema.safeParse(json);
  if (!parsed.success) throw new InvalidArgumentError(`\n${z.prettifyError(parsed.error)}`);
  return [...before, parsed.data];
}
