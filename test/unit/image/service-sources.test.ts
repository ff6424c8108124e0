import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findService, listServices } from '../../../src/image/service-sources.ts'

const folder = mkdtempSync(join(tmpdir(), 'shoal-services-'))
beforeAll(() => {
  for (const name of ['sensing', 'compute', 'notes']) mkdirSync(join(folder, name))
  for (const name of ['sensing', 'compute']) writeFileSync(join(folder, name, 'main.ts'), '')
  writeFileSync(join(folder, 'README.md'), '')
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('the services of a folder', () => {
  it('are the folders with a main.ts', async () => {
    expect(await listServices(folder)).toEqual(['compute', 'sensing'])
    expect(await findService('compute', folder)).toBe(join(folder, 'compute', 'main.ts'))
  })

  it('are named when another one is asked for, with the nearest', async () => {
    await expect(findService('sensign', folder)).rejects.toMatchObject({
      code: 'IMAGE_SERVICE_UNKNOWN',
      reason: 'there is no service of that name; there are compute, sensing',
      nextStep: 'did you mean "sensing"?',
    })
  })

  it('are none in a folder that does not exist', async () => {
    await expect(findService('compute', join(folder, 'absent'))).rejects.toMatchObject({
      reason: `there are no services in ${join(folder, 'absent')}`,
    })
  })

  it('are never outside of it', async () => {
    await expect(findService('../compute', folder)).rejects.toMatchObject({ code: 'IMAGE_SERVICE_UNKNOWN' })
  })
})
