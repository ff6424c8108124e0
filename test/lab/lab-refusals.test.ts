// What `shoal lab` refuses, before anything is started.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labFolder } from './lab-folder.ts'
import { shoal } from './shoal.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-refusals-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('shoal lab', () => {
  it('lists every problem of a topology with its path and line, and starts nothing', async () => {
    const file = join(folder, 'bad.yaml')
    writeFileSync(
      file,
      `hosts:
  - name: worker1
    adress: 10.77.0.5
  - name: worker1
  - name: worker2
    address: 10.77.0.1
  - name: client
    address: 10.77.0.1
links:
  - kind: etherned
    hosts: [worker1]
`,
    )
    const { exitCode, stdout, stderr } = await shoal('lab', 'up', file)
    expect([exitCode, stdout]).toEqual([1, ''])
    expect(stderr).toBe(`error[TOPOLOGY_INVALID]: read, the topology, ${file}: 4 problems; nothing was started
  hosts[0].adress: unknown key "adress"; did you mean "address"? (line 3)
  hosts[1].name: duplicate host "worker1", first at hosts[0].name (line 4)
  hosts[3].address: address clash: 10.77.0.1 is taken by hosts[2].address (line 8)
  links[0].kind: unknown link kind "etherned"; did you mean "ethernet"? (line 10)
  next: docs/lab.md has every key
`)
    expect(existsSync(labFolder()) ? readdirSync(labFolder()) : []).toEqual([])
  })

  it('says which line of a file is no YAML', async () => {
    const file = join(folder, 'torn.yaml')
    writeFileSync(file, 'hosts:\n  - name: [a\n')
    expect((await shoal('lab', 'up', file)).stderr).toMatch(/line \d, column \d+: .+/)
  })

  it('says that a file cannot be read', async () => {
    const { exitCode, stderr } = await shoal('lab', 'up', join(folder, 'absent.yaml'))
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/^error\[FILE_UNREADABLE\]: read, .*absent\.yaml: ENOENT/),
    ])
  })

  it.each([['status'], ['exec', 'client', '--', 'true'], ['link', 'client', 'down']])(
    'says to bring a lab up before %s',
    async (...argv) => {
      const { exitCode, stderr } = await shoal('lab', ...argv)
      expect([exitCode, stderr]).toEqual([
        1,
        `error[LAB_NOT_UP]: open, the lab, ${labFolder()}: no lab is up\n  next: shoal lab up\n`,
      ])
    },
  )

  it('is content when there is nothing to take down', async () => {
    expect(await shoal('lab', 'down')).toEqual({ exitCode: 0, stdout: 'no lab was up\n', stderr: '' })
  })

  it.each(['../other', 'Uppercase', ''])('takes "%s" for no name of a lab', async (name) => {
    const { exitCode, stderr } = await shoal('lab', 'up', '--name', name)
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('error[USAGE]: name, the lab')])
    expect((await shoal('lab', 'down', '--name', name)).exitCode).toBe(2)
  })

  it('refuses a state of a link that is none', async () => {
    const { exitCode, stderr } = await shoal('lab', 'link', 'client', 'sideways')
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('down, up')])
  })
})
