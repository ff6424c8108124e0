import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { bundleService } from '../../../src/image/bundle.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'shoal-bundle-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('the bundle of a service', () => {
  it('runs alone, with nothing of the project beside it', async () => {
    const bundle = join(folder, 'main.cjs')
    writeFileSync(bundle, await bundleService(join(root, 'services/compute/main.ts'), root))
    const refused = (() => {
      try {
        return execFileSync(process.execPath, [bundle, '--port', 'x'], { cwd: folder, stdio: 'pipe' })
      } catch (error) {
        return error
      }
    })()
    expect(refused).toMatchObject({ status: 2, stderr: expect.any(Buffer) })
    expect(String((refused as { stderr: Buffer }).stderr)).toMatch(
      /^error\[USAGE\]: start, compute: --port must be/,
    )
  })

  it('has the same bytes wherever the checkout is', async () => {
    const copy = join(folder, 'another checkout')
    mkdirSync(copy)
    for (const part of [
      'services/compute',
      'src/coap',
      'src/model',
      'node_modules/cborg',
      'package.json',
      'tsconfig.json',
    ]) {
      cpSync(join(root, part), join(copy, part), { recursive: true })
    }
    const here = await bundleService(join(root, 'services/compute/main.ts'), root)
    const there = await bundleService(join(copy, 'services/compute/main.ts'), copy)
    expect(there.equals(here)).toBe(true)
  })

  it.each([
    ['await 1\n', /main.ts:1:0.*Top-level await/s],
    ['console.log(import.meta.url)\n', /main.ts:1:12.*import.meta/s],
  ])('is refused when it could not run as one: %j', async (source, reason) => {
    writeFileSync(join(folder, 'main.ts'), source)
    await expect(bundleService(join(folder, 'main.ts'), folder)).rejects.toMatchObject({
      code: 'IMAGE_BUNDLE_FAILED',
      reason: expect.stringMatching(reason),
    })
  })

  it('is refused with file, line and reason when the sources do not parse', async () => {
    writeFileSync(join(folder, 'main.ts'), "import './absent.ts'\n")
    await expect(bundleService(join(folder, 'main.ts'), folder)).rejects.toMatchObject({
      code: 'IMAGE_BUNDLE_FAILED',
      reason: expect.stringMatching(/main.ts:1:7.*absent/s),
    })
  })
})
