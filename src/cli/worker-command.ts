// `shoal worker`: a device joins a cluster, leaves it, and runs its agent.

import process from 'node:process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { parseCoapUri } from '../coap/uri.ts'
import { Engine } from '../engine/engine.ts'
import { ShoalError } from '../model/errors.ts'
import { usualPorts } from '../model/manager-ports.ts'
import type { AgentProgram } from '../worker/agent-process.ts'
import type { Io } from './io.ts'
import { localEngineSocket } from './local-engine-socket.ts'

interface JoinFlags {
  readonly token?: string
  readonly advertise?: string
  readonly joinPort: string
  readonly json?: true
}

const folder = '/var/lib/shoal/worker'
const membershipFile = `${folder}/membership.json`

export function workerCommand(io: Io): Command {
  const command = new Command('worker').description('makes this device a worker of a cluster, and ends it')
  command
    .command('join')
    .description(
      'joins the cluster of a manager, which is found in the local network where none is named; twice is the same as once',
    )
    .argument('[manager]', 'coap://ADDRESS of the manager')
    .option(
      '--token <token>',
      'what `shoal manager token` prints; - reads it from stdin; default: $SHOAL_TOKEN',
    )
    .option(
      '--advertise <address>',
      'address of this device for the others; default: the one that leads to the manager',
    )
    .option(
      '--join-port <port>',
      'port of the manager for joining, where it is named',
      String(usualPorts.join),
    )
    .option('--json', 'print the result as JSON')
    .action((manager: string | undefined, flags: JoinFlags) => join(io, manager, flags))
  command
    .command('leave')
    .description('leaves the cluster and undoes exactly what joining changed; twice is the same as once')
    .option('--force', 'also where what this device knows of its cluster is damaged')
    .action((flags: { readonly force?: true }) => leave(io, flags.force === true))
  command
    .command('status')
    .description('tells what this device is a member of')
    .option('--json', 'print it as JSON')
    .action((flags: { readonly json?: true }) => status(io, flags.json === true))
  command
    .command('agent')
    .description('runs the agent of this worker until it is stopped; join starts it')
    .action(() => agent(io))
  return command
}

async function join(io: Io, manager: string | undefined, flags: JoinFlags): Promise<void> {
  const { joinCluster } = await import('../worker/join.ts')
  const { engineConfigFile } = await import('../worker/engine-config.ts')
  const { startAgent } = await import('../worker/agent-process.ts')
  const engine = localEngine(io)
  try {
    const { membership, wasJoined } = await joinCluster({
      engine,
      token: await readToken(io, flags.token),
      manager,
      joinPort: readPort(flags.joinPort),
      advertiseAddress: flags.advertise,
      membershipFile,
      engineConfigFile,
      signal: io.signal,
      onProgress: (line) => io.err(`${line}\n`),
    })
    const wasStarted = await startAgent(agentProgram())
    const { nodeId, nodeName, address, coap } = membership
    if (flags.json) {
      io.out(
        `${JSON.stringify({ nodeId, nodeName, address, manager: coap, wasJoined, agentStarted: wasStarted })}\n`,
      )
    } else {
      io.out(
        wasJoined
          ? `${nodeName} is a worker of ${coap} already${wasStarted ? '; its agent was started' : ''}\n`
          : `${nodeName} is a worker of ${coap} now\n`,
      )
    }
  } finally {
    engine.close()
  }
}

async function leave(io: Io, force: boolean): Promise<void> {
  const { leaveCluster } = await import('../worker/leave.ts')
  const { engineConfigFile } = await import('../worker/engine-config.ts')
  const engine = localEngine(io)
  try {
    const hasLeft = await leaveCluster({
      engine,
      program: agentProgram(),
      membershipFile,
      engineConfigFile,
      force,
      signal: io.signal,
      onProgress: (line) => io.err(`${line}\n`),
    })
    io.out(hasLeft ? 'left the cluster\n' : 'this device is a member of no cluster\n')
  } finally {
    engine.close()
  }
}

async function status(io: Io, asJson: boolean): Promise<void> {
  const { readMembership } = await import('../worker/membership.ts')
  const { isAgentRunning } = await import('../worker/agent-process.ts')
  const membership = await readMembership(membershipFile)
  if (membership === undefined) throw notJoined('look at')
  const agentRuns = await isAgentRunning(agentProgram())
  const { nodeId, nodeName, address, coap, registry, clusterId } = membership
  if (asJson) {
    const shown = {
      nodeId,
      nodeName,
      address,
      manager: coap,
      registry: registry.authority,
      clusterId,
      agentRuns,
    }
    io.out(`${JSON.stringify(shown)}\n`)
    return
  }
  io.out(
    [
      `node      ${nodeName} (${nodeId})`,
      `address   ${address}`,
      `manager   ${coap}`,
      `registry  ${registry.authority}`,
      `agent     ${agentRuns ? 'runs' : 'does not run: shoal worker join starts it'}`,
      '',
    ].join('\n'),
  )
}

async function agent(io: Io): Promise<void> {
  const { readMembership } = await import('../worker/membership.ts')
  const { Agent } = await import('../worker/agent.ts')
  const membership = await readMembership(membershipFile)
  if (membership === undefined || membership.nodeId === '') throw notJoined('run the agent of')
  const { host, port } = parseCoapUri(membership.coap)
  const { authority, username, password } = membership.registry
  const engine = localEngine(io)
  const log = (line: string): void => io.err(`${new Date().toISOString()} ${line}\n`)
  const running = new Agent({
    engine,
    manager: { host, port },
    nodeId: membership.nodeId,
    address: membership.address,
    registryAuth: { username, password, serveraddress: authority },
    log,
  })
  log(`agent of ${membership.nodeName}, manager ${membership.coap}`)
  running.start(io.signal)
  try {
    await new Promise<void>((resolve) => {
      if (io.signal.aborted) resolve()
      io.signal.addEventListener('abort', () => resolve(), { once: true })
      // Nothing else keeps the process while every socket is quiet.
      const alive = setInterval(() => {}, 1 << 30)
      io.signal.addEventListener('abort', () => clearInterval(alive), { once: true })
    })
  } finally {
    await running.stop()
    engine.close()
  }
}

function localEngine(io: Io): Engine {
  return new Engine({ socketPath: localEngineSocket(io.env), place: 'this device' })
}

function agentProgram(): AgentProgram {
  const program = fileURLToPath(new URL('../../bin/shoal', import.meta.url))
  return { argv: [program, 'worker', 'agent'], folder }
}

/** Command lines are seen by everybody on a machine: the environment and stdin are not. */
async function readToken(io: Io, flag: string | undefined): Promise<string> {
  const given = flag === '-' ? await text(process.stdin) : (flag ?? io.env.SHOAL_TOKEN)
  if (given !== undefined && given.trim() !== '') return given.trim()
  throw new ShoalError('USAGE', {
    action: 'join',
    object: 'the cluster',
    reason: 'no token was given',
    nextStep: '--token TOKEN, which `shoal manager token` prints on the access point',
  })
}

function readPort(given: string): number {
  const port = Number(given)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new ShoalError('USAGE', {
    action: 'read',
    object: 'the command line',
    reason: `${given} is no port: 1 to 65535`,
  })
}

function notJoined(action: string): ShoalError {
  return new ShoalError('NOT_JOINED', {
    action,
    object: 'the worker',
    place: 'this device',
    reason: 'it has joined no cluster',
    nextStep: 'shoal worker join --token TOKEN',
  })
}
