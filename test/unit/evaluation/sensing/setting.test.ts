// What the sensing scenario is set up with: its Compose files and its board.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { projectFile } from '../../../../evaluation/host-program.ts'
import { paperCapabilities } from '../../../../evaluation/sensing/paper-capabilities.ts'
import { sensingCompose } from '../../../../evaluation/sensing/sensing-compose.ts'
import { parseScript } from '../../../../src/board/script/parse-script.ts'
import { parseCompose } from '../../../../src/model/compose/parse-compose.ts'
import { parseDeclarations } from '../../../../src/model/devices/declaration.ts'

const read = (name: string) => readFileSync(projectFile(`evaluation/sensing/${name}`), 'utf8')

describe('the sensing scenario', () => {
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
})
