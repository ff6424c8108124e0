import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { productCommands } from '../../../src/cli/main.ts'
import { run } from '../../../src/cli/run.ts'
import { until } from '../../until.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-image-command-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

interface Wishes {
  readonly signal?: AbortSignal
  readonly store?: string
}

async function image(argv: readonly string[], { signal, store = join(folder, 'store') }: Wishes = {}) {
  const written = { out: '', err: '' }
  const exitCode = await run(
    productCommands,
    ['image', ...argv],
    {
      out: (text) => {
        written.out += text
      },
      err: (text) => {
        written.err += text
      },
      isTerminal: false,
      env: { SHOAL_IMAGES: store, DOCKER_HOST: `unix://${join(folder, 'no engine here')}` },
      signal: signal ?? new AbortController().signal,
    },
    '0.0.0',
  )
  return { exitCode, ...written }
}

describe('shoal image', () => {
  it.each([[['build']], [['build', 'compute', '--arch', 'mips']], [['push']], [[]]])(
    'calls %j wrong usage',
    async (argv) => {
      expect((await image(argv)).exitCode).toBe(2)
    },
  )

  it('names the services that there are when another is asked for', async () => {
    const { exitCode, err } = await image(['build', 'comptue'])
    expect(exitCode).toBe(1)
    expect(err).toBe(
      'error[IMAGE_SERVICE_UNKNOWN]: build, an image of "comptue": there is no service of that name; there are compute, sensing\n' +
        '  next: did you mean "compute"?\n',
    )
  })

  it('lists nothing where nothing was built', async () => {
    expect(await image(['ls'])).toMatchObject({ exitCode: 0, out: 'IMAGE  ARCH  ID  COMPRESSED  UNPACKED\n' })
    const { out } = await image(['ls', '--json'])
    expect(JSON.parse(out)).toEqual({ store: join(folder, 'store'), images: [] })
  })

  it('says which folder cannot be used', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const { exitCode, err } = await image(['ls'], { store: file })
    expect(exitCode).toBe(1)
    expect(err).toContain(`error[FILE_UNREADABLE]: list, the image store, ${file}/images: ENOTDIR`)
  })

  it('builds without an Engine, and says that none runs', async () => {
    const { exitCode, out } = await image(['build', 'compute', 'compute'])
    expect(exitCode).toBe(0)
    expect(out).toMatch(/^shoal\/compute:.* built: .*; Engine: none runs\n$/)
  })

  it('stops at a signal, and leaves no image', async () => {
    const stopping = new AbortController()
    const building = image(['build', 'compute'], { signal: stopping.signal })
    const unfinished = join(folder, 'store', 'unfinished')
    await until('the build has begun to write', () => list(unfinished).length > 0)
    stopping.abort('SIGINT')
    const { exitCode, err } = await building
    expect(exitCode).toBe(1)
    expect(err).toContain('error[INTERRUPTED]: build, images compute: ')
    expect(list(unfinished)).toEqual([])
    expect(list(join(folder, 'store', 'images'))).toEqual([])
  })
})

function list(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
