// What a sensing run is set up with: its Compose files, its board, its folder.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { projectFile } from '../../../../evaluation/host-program.ts'
import { paperCapabilities } from '../../../../evaluation/sensing/plan.ts'
import { RunFolder, readSamples } from '../../../../evaluation/sensing/run-folder.ts'
import { sensingCompose } from '../../../../evaluation/sensing/sensing-compose.ts'
import { parseScript } from '../../../../src/board/script/parse-script.ts'
import { parseCompose } from '../../../../src/model/compose/parse-compose.ts'
import { parseDeclarations } from '../../../../src/model/devices/declaration.ts'

const folder = mkdtempSync(join(tmpdir(), 'shoal-run-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const read = (name: string) => readFileSync(projectFile(`evaluation/sensing/${name}`), 'utf8')

describe('a sensing run', () => {
  it('has one Compose file for both modes, which says what it needs', () => {
    for (const mode of ['pair', 'cluster'] as const) {
      const application = parseCompose(sensingCompose('humidity'), { fileName: 'sensing.yaml', mode })
      expect(application.name).toBe('sensing')
      expect(application.services.map(({ name, needs }) => [name, needs])).toEqual([
        ['sensing', ['humidity']],
      ])
    }
  })

  it('has a board with a device for every capability, and declares each', () => {
    const board = parseScript(read('board.yaml'), 'board.yaml')
    expect(board.devices.map(({ name }) => name)).toEqual(paperCapabilities)
    const declared = parseDeclarations(read('devices.yaml'), 'devices.yaml')
    expect(declared.map(({ id, capability }) => [id, capability])).toEqual(
      paperCapabilities.map((capability) => [capability, capability]),
    )
    expect(declared.every((one) => one.driver === 'simulated' && one.board === board.name)).toBe(true)
  })

  it('has its samples on disk as soon as they are taken, and never adds to another run', () => {
    const path = join(folder, 'run')
    const run = new RunFolder(path)
    const record = { type: 'removal', mode: 'pair', capability: 'laser', atMs: 1, ms: 2 } as const
    run.add(record)
    expect(readSamples(path)).toEqual([record])
    expect(() => new RunFolder(path)).toThrow(expect.objectContaining({ code: 'FILE_UNWRITABLE' }))
    run.close()
  })
})
