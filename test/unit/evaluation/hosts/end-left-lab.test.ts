import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { endLeftLab } from '../../../../evaluation/hosts/end-left-lab.ts'
import { labStages } from '../../../../evaluation/hosts/lab-stages.ts'
import { planLab } from '../../../../evaluation/hosts/lab-topology.ts'
import { startTicks } from '../../../../lab/host-process.ts'
import { type LabPaths, labPaths } from '../../../../lab/lab-paths.ts'
import { claimLab, type LabState, writeState } from '../../../../lab/state.ts'
import { defaultTopology } from '../../../../lab/topology.ts'

const { topology } = planLab('wlan', 2, 'left')
const dead = { pid: process.ppid, startTicks: 1 }
const alive = { pid: process.ppid, startTicks: startTicks(process.ppid) }
const own = { pid: process.pid, startTicks: startTicks(process.pid) }

/** Of a lab whose folder is all that is there. */
function aLab(state: Partial<LabState>) {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-left-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const paths = labPaths(folder, 'left')
  writeState(paths, { ...claimLab(paths, topology), ...state })
  return paths
}

function stagesAt({ dataFolder, name }: LabPaths) {
  return labStages({ board: 'pi3b', dataFolder, name })
}

describe('the lab that a run finds', () => {
  it.each([
    ['up', dead],
    ['starting', dead],
    ['up', own],
  ] as const)(
    'is taken down, and told of, when it is %s and nobody else measures in it',
    async (phase, starter) => {
      const paths = aLab({ phase, starter })
      const lines: string[] = []
      await endLeftLab(
        paths,
        () => true,
        (line) => lines.push(line),
      )
      expect(existsSync(paths.folder)).toBe(false)
      expect(lines).toEqual(['takes down the lab "left", which was left behind'])
    },
  )

  it('is left alone while its run goes on', async () => {
    const paths = aLab({ phase: 'up', starter: alive })
    const ending = endLeftLab(
      paths,
      () => true,
      () => {},
    )
    await expect(ending).rejects.toMatchObject({
      code: 'LAB_EXISTS',
      message: expect.stringContaining(`process ${process.ppid} measures in it`),
    })
    expect(existsSync(paths.folder)).toBe(true)
  })

  it('is left alone when somebody brought it up for something else', async () => {
    const paths = aLab({ phase: 'up', starter: dead })
    const ending = endLeftLab(
      paths,
      () => false,
      () => {},
    )
    await expect(ending).rejects.toMatchObject({
      code: 'LAB_EXISTS',
      nextStep: 'shoal lab down --name left',
    })
    expect(existsSync(paths.folder)).toBe(true)
  })

  it('may be none at all', async () => {
    const paths = aLab({})
    rmSync(paths.folder, { recursive: true })
    const lines: string[] = []
    await endLeftLab(
      paths,
      () => true,
      (line) => lines.push(line),
    )
    expect(lines).toEqual([])
  })

  it.each(['ethernet', 'wlan', 'direct'] as const)(
    'is known as a run’s own by its hosts and links: %s',
    async (link) => {
      const paths = aLab({ phase: 'up', starter: dead, topology: planLab(link, 1, 'left').topology })
      await stagesAt(paths).assertReady?.([], new AbortController().signal, () => {})
      expect(existsSync(paths.folder)).toBe(false)
    },
  )

  it('is known as somebody’s own by them, too', async () => {
    const paths = aLab({ phase: 'up', starter: dead, topology: defaultTopology() })
    const ready = stagesAt(paths).assertReady?.([], new AbortController().signal, () => {})
    await expect(ready).rejects.toMatchObject({ code: 'LAB_EXISTS' })
    expect(existsSync(paths.folder)).toBe(true)
  })
})
