import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { explainSshFailure } from '../../../src/pair/ssh-failure.ts'
import { parseTarget } from '../../../src/pair/target.ts'

/** What OpenSSH 9.2 has said with -v, recorded. */
function recorded(name: string): string {
  return readFileSync(new URL(`../../fixtures/ssh/${name}.txt`, import.meta.url), 'utf8')
}

function explain(log: string, target = 'root@worker1', timedOutAfterMs?: number) {
  const { code, reason, nextStep } = explainSshFailure({ target: parseTarget(target), log, timedOutAfterMs })
  return { code, reason, nextStep }
}

const sha256 = /SHA256:[A-Za-z0-9+/]{43}/

describe('why ssh did not connect', () => {
  it('shows the fingerprint of an unknown host key, and how to compare and learn it', () => {
    const { code, reason, nextStep } = explain(recorded('unknown-key'))
    expect(code).toBe('HOST_KEY_UNKNOWN')
    expect(reason).toMatch(new RegExp(`^its host key is not in known_hosts: ED25519 ${sha256.source}$`))
    expect(nextStep).toContain('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')
    expect(nextStep).toContain('ssh -o StrictHostKeyChecking=ask root@worker1 true')
  })

  it('shows the new fingerprint of a changed host key, where the old one stands, and how to forget that', () => {
    const { code, reason, nextStep } = explain(recorded('changed-key'))
    expect(code).toBe('HOST_KEY_CHANGED')
    expect(reason).toMatch(sha256)
    expect(reason).toContain('/home/ada/.ssh/changed, line 1')
    expect(nextStep).toContain('ssh-keygen -f "/home/ada/.ssh/changed" -R "worker1"')
  })

  it('names the keys that were refused', () => {
    const { code, reason, nextStep } = explain(recorded('denied'))
    expect(code).toBe('LOGIN_DENIED')
    expect(reason).toMatch(/^it accepts none of: ED25519 SHA256:\S+ \(\/home\/ada\/\.ssh\/other\)$/)
    expect(nextStep).toContain('ssh-copy-id root@worker1')
  })

  it('says when there was no key at all', () => {
    expect(explain(recorded('no-key'))).toMatchObject({
      code: 'LOGIN_DENIED',
      reason: 'no key was there to offer',
    })
  })

  it.each([
    ['locked', 'but that key could not be used here'],
    ['bad-permissions', 'are too open'],
  ])('tells a key that is accepted and can’t be used: %s', (name, words) => {
    const { code, reason } = explain(recorded(name))
    expect(code).toBe('LOGIN_DENIED')
    expect(reason).toContain('it accepts ED25519')
    expect(reason).toContain(words)
  })

  it.each([
    ['refused', 'HOST_UNREACHABLE', 'no SSH server listens on its port 2222'],
    ['unreachable', 'HOST_UNREACHABLE', 'connection timed out'],
    ['unresolved', 'HOST_UNRESOLVED', 'nobody knows the name worker1: temporary failure in name resolution'],
  ])('%s', (name, code, reason) => {
    expect(explain(recorded(name))).toMatchObject({ code, reason })
  })

  it('says how long it has waited when ssh was given up', () => {
    const log = 'debug1: Connecting to worker1 [10.0.0.2] port 22.\ndebug1: Connection established.\n'
    expect(explain(log, 'root@worker1', 20_000)).toMatchObject({
      code: 'HOST_UNREACHABLE',
      reason: 'no log-in within 20 s',
    })
  })

  it('shows ssh’s own last words for what it does not know', () => {
    expect(explain("command-line line 0: Bad SSH2 cipher spec 'rot13'.\r\n", 'pi@edge:2222')).toEqual({
      code: 'SSH_FAILED',
      reason: "ssh says: command-line line 0: Bad SSH2 cipher spec 'rot13'.",
      nextStep: 'see whether plain ssh works: ssh -p 2222 pi@edge true',
    })
  })
})
