// The words that run a program on a board from the namespaces around it. Pure.

/** In the private /run of those namespaces: one connection for all programs, gone with the board's power. */
const controlPath = '/run/board.ssh'

export interface BoardDoor {
  readonly host: string
  /** Link-local, and the bridge that leads there: the lab's own wires may be cut. */
  readonly address: string
}

const options = ['BatchMode=yes', 'ConnectTimeout=5', `ControlPath=${controlPath}`, 'LogLevel=ERROR']

function sshArgv({ host, address }: BoardDoor, more: readonly string[]): readonly string[] {
  const all = [...options, `HostKeyAlias=${host}`].flatMap((option) => ['-o', option])
  return ['ssh', ...all, ...more, `root@${address}`]
}

/** Opens the connection that the others share, and goes into the background with it. */
export function openDoorArgv(door: BoardDoor): readonly string[] {
  return sshArgv(door, ['-o', 'ControlMaster=yes', '-o', 'ServerAliveInterval=10', '-f', '-N'])
}

export interface RemoteProgram {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Names it among those that run, so that it can be sent signals. */
  readonly id: string
  readonly terminal: boolean
}

export function remoteArgv(
  door: BoardDoor,
  { argv, cwd, env, id, terminal }: RemoteProgram,
): readonly string[] {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  const script = [
    `mkdir -p /run/lab; echo $$ >/run/lab/${id}`,
    `cd ${quote(cwd)} && exec env ${[...settings, ...argv].map(quote).join(' ')}`,
  ].join('; ')
  return [...sshArgv(door, terminal ? ['-tt'] : []), script]
}

/** SIGKILL reaches the program's whole process group, every other signal the program alone. */
export function remoteKillArgv(door: BoardDoor, id: string, kind: string): readonly string[] {
  const file = `/run/lab/${id}`
  // The program may be on its way in still.
  const wait = `tries=0; while [ ! -s ${file} ] && [ $tries -lt 30 ]; do tries=$((tries + 1)); sleep 0.1; done`
  const target = kind === 'SIGKILL' ? `-$(cat ${file})` : `$(cat ${file})`
  return [...sshArgv(door, []), `${wait}; kill -${kind.replace(/^SIG/, '')} -- ${target}`]
}

function quote(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
