// How programs get onto a board, and what a topology says of one.
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { renderBoardNetwork, renderBoardSettings } from '../../../../lab/board/board-files.ts'
import { remoteArgv, remoteKillArgv } from '../../../../lab/board/ssh-argv.ts'
import { parseTopology } from '../../../../lab/topology.ts'

const door = { host: 'board', address: 'fe80::1%br-eth0' }
const nothing = { cwd: '/', env: {}, id: 'x', terminal: false }

/** What the board's shell makes of the last word of ssh: without the note of its process. */
function runAsBoard(argv: readonly string[]): string {
  const script = (argv.at(-1) ?? '').replace(/^mkdir[^;]*; [^;]*; /, '')
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' })
}

describe('a program on a board', () => {
  it('gets its arguments as they are, whatever a shell would make of them', () => {
    const wild = ['a b', "it's", '$HOME', '*', '', '"', '\\', 'line\nbreak', '-n']
    const argv = remoteArgv(door, { ...nothing, argv: ['printf', '[%s]', ...wild] })
    expect(runAsBoard(argv)).toBe(wild.map((one) => `[${one}]`).join(''))
  })

  it('has the environment and the folder that were asked for', () => {
    const program = ['sh', '-c', 'printf "%s %s" "$GREETING" "$PWD"']
    const argv = remoteArgv(door, { ...nothing, argv: program, cwd: '/usr', env: { GREETING: "it's $1" } })
    expect(runAsBoard(argv)).toBe("it's $1 /usr")
  })

  it('is killed with its group by SIGKILL, alone by any other signal', () => {
    expect(remoteKillArgv(door, 'x', 'SIGKILL').at(-1)).toContain('kill -KILL -- -$(')
    expect(remoteKillArgv(door, 'x', 'SIGTERM').at(-1)).toContain('kill -TERM -- $(')
  })
})

describe('the files of a board', () => {
  it('name its interfaces by their hardware addresses', () => {
    const end = { host: 'board', interfaceName: 'eth0', hardwareAddress: '02:00:00:00:00:01' }
    expect(renderBoardNetwork([{ ...end, address: '10.77.0.2', prefixLength: 24 }])).toBe(
      '02:00:00:00:00:01 10.77.0.2/24 eth0\n',
    )
  })

  it('are read by a shell, whatever the checkout is called', () => {
    const text = renderBoardSettings({ engine: false }, "/srv/it's $1", 'node_modules/x/bin/node')
    const shown = execFileSync('sh', ['-c', `${text}printf "%s|%s|%s" "$ENGINE" "$CHECKOUT" "$NODE"`])
    expect(String(shown)).toBe("no|/srv/it's $1|node_modules/x/bin/node")
  })
})

describe('a topology with a board', () => {
  it('says so of the host', () => {
    const { hosts } = parseTopology('hosts:\n  - {name: a}\n  - {name: b, kind: board}', 'a test')
    expect(hosts.map(({ kind }) => kind)).toEqual(['namespaces', 'board'])
  })

  it.each([
    ['kind: bread', 'hosts[0].kind: "bread" is no kind of host; known here: namespaces, board (line 1)'],
    ['kind: board, memoryMiB: 128', 'hosts[0].memoryMiB: expected an integer from 512 to 1048576, got 128'],
  ])('is refused with %s', (words, problem) => {
    expect(() => parseTopology(`hosts: [{name: a, ${words}}]`, 'a test')).toThrow(problem)
  })
})
