// Why ssh did not connect, read from what it says with -v in the C locale; OpenSSH 8.4 to 10 say it in these words.
import { ShoalError } from '../model/errors.ts'
import type { Target } from './target.ts'

export interface SshFailure {
  readonly target: Target
  /** Everything that ssh wrote. */
  readonly log: string
  /** Set when we ended it: how long it had tried. */
  readonly timedOutAfterMs?: number | undefined
}

type Explanation = Omit<ConstructorParameters<typeof ShoalError>[1], 'action' | 'object'> & {
  readonly code: ConstructorParameters<typeof ShoalError>[0]
}

/** The error for a connection that did not come about. */
export function explainSshFailure(failure: SshFailure): ShoalError {
  const { code, ...parts } =
    hostKeyChanged(failure) ??
    hostKeyUnknown(failure) ??
    loginDenied(failure) ??
    unresolved(failure) ??
    unreachable(failure) ??
    anythingElse(failure)
  return new ShoalError(code, { action: 'connect', object: `to ${failure.target.label}`, ...parts })
}

function hostKeyChanged({ target, log }: SshFailure): Explanation | undefined {
  if (!log.includes('REMOTE HOST IDENTIFICATION HAS CHANGED')) return undefined
  const known = /^Offending (?<type>\S+) key in (?<file>.+):(?<line>\d+)\s*$/m.exec(log)?.groups
  const forget = /^\s*(?<command>ssh-keygen -f .+)$/m.exec(log)?.groups?.command?.trim()
  return {
    code: 'HOST_KEY_CHANGED',
    reason:
      `its host key is now ${offeredHostKey(log)}, another than the one in ` +
      `${known === undefined ? 'known_hosts' : `${known.file}, line ${known.line}`}; ` +
      'the device was set up anew, or somebody answers in its place',
    nextStep:
      `find out why; if ${checkFingerprint(log)} shows the same fingerprint: ` +
      `${forget ?? `ssh-keygen -R ${target.host}`}, then ${learnHostKey(target)}`,
  }
}

function hostKeyUnknown({ target, log }: SshFailure): Explanation | undefined {
  if (!/^No \S+ host key is known for /m.test(log)) return undefined
  return {
    code: 'HOST_KEY_UNKNOWN',
    reason: `its host key is not in known_hosts: ${offeredHostKey(log)}`,
    nextStep: `if ${checkFingerprint(log)} shows the same fingerprint: ${learnHostKey(target)}`,
  }
}

function loginDenied({ target, log }: SshFailure): Explanation | undefined {
  if (!/: Permission denied \(|Too many authentication failures/.test(log)) return undefined
  const offered = [...log.matchAll(/^debug1: Offering public key: (.+?)\s*$/gm)].map(([, key = '']) =>
    describeKey(key),
  )
  const unusable = [
    ...log.matchAll(/^(?:Load key .+|Permissions .+ are too open\.|.*signing failed for .+)$/gm),
  ].map(([line]) => line.trim())
  const accepted = /^debug1: Server accepts key: (.+?)\s*$/m.exec(log)?.[1]
  if (accepted !== undefined) {
    return {
      code: 'LOGIN_DENIED',
      reason: [`it accepts ${describeKey(accepted)}, but that key could not be used here`, ...unusable].join(
        '; ',
      ),
      nextStep: 'a key with a passphrase, or on a token, is used through the agent: ssh-add',
    }
  }
  const tried =
    offered.length === 0 ? 'no key was there to offer' : `it accepts none of: ${offered.join('; ')}`
  return {
    code: 'LOGIN_DENIED',
    reason: [tried, ...unusable].join('; '),
    nextStep:
      offered.length > 5
        ? 'name the right key: --identity FILE'
        : `let the key in: ssh-copy-id ${sshDestination(target)}; or name the right one: --identity FILE; or give it to the agent: ssh-add`,
  }
}

function unresolved({ target, log }: SshFailure): Explanation | undefined {
  const cause = /Could not resolve hostname [^:]+: (?<cause>.+?)\s*$/m.exec(log)?.groups?.cause
  if (cause === undefined) return undefined
  return {
    code: 'HOST_UNRESOLVED',
    reason: `nobody knows the name ${target.host}: ${lowerFirst(cause)}`,
    nextStep: 'check the spelling, use its address, or add it to /etc/hosts or ~/.ssh/config',
  }
}

function unreachable({ target, log, timedOutAfterMs }: SshFailure): Explanation | undefined {
  const refused = /connect to host .+ port (?<port>\d+): Connection refused/.exec(log)?.groups
  if (refused !== undefined) {
    return {
      code: 'HOST_UNREACHABLE',
      reason: `no SSH server listens on its port ${refused.port}`,
      nextStep: `start sshd there, or name its port: ${target.user === undefined ? '' : `${target.user}@`}${target.host}:PORT`,
    }
  }
  const cause =
    /connect to host .+ port \d+: (?<cause>.+?)\s*$/m.exec(log)?.groups?.cause ??
    /^(?<cause>Connection (?:timed out|to .+ timed out|closed|reset).*?)\s*$/im.exec(log)?.groups?.cause ??
    /^(?:kex|ssh)_exchange_identification: (?<cause>.+?)\s*$/m.exec(log)?.groups?.cause
  if (cause === undefined && timedOutAfterMs === undefined) return undefined
  return {
    code: 'HOST_UNREACHABLE',
    reason: cause === undefined ? `no log-in within ${(timedOutAfterMs ?? 0) / 1000} s` : lowerFirst(cause),
    nextStep: `check that it is on and in the network: ping ${target.host}`,
  }
}

function anythingElse({ target, log }: SshFailure): Explanation {
  const words = log
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('debug') && !line.startsWith('OpenSSH_'))
  return {
    code: 'SSH_FAILED',
    reason: words.length === 0 ? 'ssh ended without a word' : `ssh says: ${words.slice(-3).join('; ')}`,
    nextStep: `see whether plain ssh works: ssh ${sshDestination(target)} true`,
  }
}

function checkFingerprint(log: string): string {
  const type = hostKeyPattern.exec(log)?.[1]?.split('-')[0]?.toLowerCase() ?? 'ed25519'
  return `\`ssh-keygen -lf /etc/ssh/ssh_host_${type}_key.pub\` on the device itself`
}

/** `ED25519 SHA256:…` */
function offeredHostKey(log: string): string {
  const [, type = 'of unknown type', fingerprint = ''] = hostKeyPattern.exec(log) ?? []
  return `${type.split('-')[0]?.toUpperCase()} ${fingerprint}`.trim()
}

/** `Server host key: ssh-ed25519 SHA256:…`, `ecdsa-sha2-nistp256 SHA256:…` */
const hostKeyPattern = /Server host key: (?:ssh-)?(\S+) (SHA256:\S+)/

/** ssh's own question shows the fingerprint again before it is believed. */
function learnHostKey(target: Target): string {
  return `ssh -o StrictHostKeyChecking=ask ${sshDestination(target)} true`
}

function sshDestination({ user, host, port }: Target): string {
  return `${port === undefined ? '' : `-p ${port} `}${user === undefined ? '' : `${user}@`}${host}`
}

/** `/root/.ssh/id_ed25519 ED25519 SHA256:… agent` -> `ED25519 SHA256:… (/root/.ssh/id_ed25519, agent)` */
function describeKey(key: string): string {
  const [, name = '', type = '', fingerprint = '', origin = ''] =
    /^(.*?) (\S+) (SHA256:\S+)(?: (.*))?$/.exec(key) ?? []
  if (fingerprint === '') return key
  return `${type} ${fingerprint} (${origin.includes('agent') ? `${name}, agent` : name})`
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
