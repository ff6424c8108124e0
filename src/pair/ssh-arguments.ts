// What the system's ssh is started with. Everything else is left to the user's SSH configuration.
import type { ConnectionFiles } from './connection-files.ts'
import type { Target } from './target.ts'

export interface SshOptions {
  /** A private key to log in with, and no other. */
  readonly identityFile?: string | undefined
  /** In place of ~/.ssh/config. */
  readonly configFile?: string | undefined
}

/** Where the Docker Engine of a device listens. */
export const engineSocketPath = '/var/run/docker.sock'

/** How long a connection without any open channel stays for the next command. */
const persistSeconds = 60

/** A device that has not answered for four of these is lost: noticed after 4 to 5 s. */
const aliveIntervalSeconds = 1
const aliveCount = 4

/** For the connection itself, name resolution apart; ssh's own default is the kernel's two minutes. */
const connectTimeoutSeconds = 8

/**
 * `ssh …` that connects, forwards the Engine's socket, and goes to the background once it listens (-f). It stays as
 * long as someone uses it and ControlPersist after: it ends by itself also when nobody is left to end it.
 */
export function connectArguments(target: Target, options: SshOptions, files: ConnectionFiles): string[] {
  return [
    '-v',
    ...['-E', files.log],
    ...['-f', '-N', '-T'],
    ...configArguments(options),
    ...(options.identityFile === undefined
      ? []
      : ['-i', options.identityFile, ...setting('IdentitiesOnly', 'yes')]),
    ...setting('BatchMode', 'yes'),
    ...setting('StrictHostKeyChecking', 'yes'),
    ...setting('ConnectTimeout', connectTimeoutSeconds),
    ...setting('ServerAliveInterval', aliveIntervalSeconds),
    ...setting('ServerAliveCountMax', aliveCount),
    ...setting('ControlMaster', 'yes'),
    ...setting('ControlPath', files.control),
    ...setting('ControlPersist', persistSeconds),
    ...setting('ForwardAgent', 'no'),
    ...setting('ForwardX11', 'no'),
    ...setting('PermitLocalCommand', 'no'),
    ...setting('RemoteCommand', 'none'),
    // A forward of the user's own configuration whose port is taken is no reason to fail; ours is looked at afterwards.
    ...setting('ExitOnForwardFailure', 'no'),
    ...['-L', `${files.socket}:${engineSocketPath}`],
    ...destination(target),
  ]
}

/** `ssh …` that asks the connection's own process for something: `exit`. */
export function controlArguments(target: Target, files: ConnectionFiles, request: 'exit'): string[] {
  return ['-F', 'none', ...setting('ControlPath', files.control), '-O', request, ...destination(target)]
}

/** `ssh …` that runs one command on the device over the connection that is there. */
export function commandArguments(target: Target, files: ConnectionFiles, command: string): string[] {
  return [
    ...['-F', 'none', '-T'],
    ...setting('ControlMaster', 'no'),
    ...setting('ControlPath', files.control),
    ...setting('BatchMode', 'yes'),
    ...destination(target),
    command,
  ]
}

function configArguments({ configFile }: SshOptions): string[] {
  return configFile === undefined ? [] : ['-F', configFile]
}

function destination({ user, host, port }: Target): string[] {
  return [
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    '--',
    host,
  ]
}

function setting(name: string, value: string | number): string[] {
  return ['-o', `${name}=${value}`]
}
