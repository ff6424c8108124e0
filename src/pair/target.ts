// A device as the user names it: USER@HOST, with what SSH takes beside it.
import { ShoalError } from '../model/errors.ts'

/** Where SSH logs in. What is left out comes from the user's SSH configuration, as with ssh itself. */
export interface Target {
  /** As the user wrote it; also the device's name in all output. */
  readonly label: string
  readonly user: string | undefined
  /** Name, address, or an alias of the SSH configuration. */
  readonly host: string
  readonly port: number | undefined
}

const pattern =
  /^(?:ssh:\/\/)?(?:(?<user>[^@\s/:-][^@\s/:]*)@)?(?:\[(?<bracketed>[0-9A-Fa-f:.]+(?:%[\w.-]+)?)\]|(?<name>[A-Za-z0-9_][\w.-]*))(?::(?<port>\d{1,5}))?\/?$/

/** Whether a word of the command line names a device rather than a service or a file. */
export function looksLikeTarget(word: string): boolean {
  return word.includes('@') || word.startsWith('ssh://')
}

/** `[ssh://][USER@]HOST[:PORT]`, an IPv6 address in brackets. Throws ShoalError USAGE. */
export function parseTarget(text: string): Target {
  const groups = pattern.exec(text)?.groups
  const host = groups?.bracketed ?? groups?.name
  const port = groups?.port === undefined ? undefined : Number(groups.port)
  if (host === undefined || (port !== undefined && (port < 1 || port > 65_535))) {
    throw new ShoalError('USAGE', {
      action: 'read',
      object: `the device "${text}"`,
      reason: 'expected USER@HOST, USER@HOST:PORT or ssh://USER@HOST:PORT',
    })
  }
  return { label: text.replace(/^ssh:\/\/|\/$/g, ''), user: groups?.user, host, port }
}

/** The devices of a command, each once. Throws ShoalError USAGE. */
export function parseTargets(words: readonly string[]): Target[] {
  const targets = words.map(parseTarget)
  const twice = targets.find(
    ({ label }, index) => targets.findIndex((other) => other.label === label) !== index,
  )
  if (twice === undefined) return targets
  throw new ShoalError('USAGE', {
    action: 'read',
    object: 'the devices',
    reason: `${twice.label} is named twice`,
  })
}
