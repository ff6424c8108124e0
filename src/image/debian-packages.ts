// Debian packages of any architecture, unpacked into a folder, with an apt of their own: the machine's packages stay as they are.
import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ShoalError } from '../model/errors.ts'
import type { Architecture } from './architecture.ts'

export interface DebianRequest {
  readonly architecture: Architecture
  /** `gpiod`; what they depend on comes with them. */
  readonly packages: readonly string[]
  /** Where unpacked packages are kept, for the next time too. */
  readonly folder: string
  readonly signal: AbortSignal
}

const run = promisify(execFile)
/** The lists of a Debian release are 9 MB: 16 s on a usual line. */
const deadlineMs = 300_000
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

/**
 * Idempotent; needs no root.
 * @returns the folder that stands for `/`.
 * @throws ShoalError IMAGE_RUNTIME_MISSING with apt's complaint.
 */
export async function fetchDebianPackages(request: DebianRequest): Promise<string> {
  const { architecture, packages, folder, signal } = request
  const tree = join(folder, `debian-${architecture}-${[...packages].sort().join('+')}`)
  if (await exists(tree)) return tree
  await mkdir(folder, { recursive: true })
  const work = await mkdtemp(join(folder, 'unfinished-'))
  try {
    const release = await ownRelease(signal)
    // Read after the machine's own settings, which it takes back.
    const config = `--config-file=${await writeAptConfig(work, architecture, release)}`
    const options = {
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      signal,
      timeout: deadlineMs,
    }
    await run('apt-get', [config, 'update'], options)
    await run(
      'apt-get',
      [config, 'install', '--download-only', '--yes', '--no-install-recommends', ...packages],
      options,
    )
    const archives = join(work, 'cache', 'archives')
    for (const name of (await readdir(archives)).filter((each) => each.endsWith('.deb')).sort()) {
      await run('dpkg-deb', ['--extract', join(archives, name), join(work, 'tree')], {
        signal,
        timeout: deadlineMs,
      })
    }
    // Somebody else may have done the same in the meantime.
    await rename(join(work, 'tree'), tree).catch(async (error) => {
      if (!(await exists(tree))) throw error
    })
    return tree
  } catch (error) {
    signal.throwIfAborted()
    throw new ShoalError('IMAGE_RUNTIME_MISSING', {
      action: 'fetch',
      object: `Debian's ${packages.join(', ')} for ${architecture}`,
      reason: complaintOf(error),
      nextStep:
        'build where Debian’s archive can be reached by apt-get, or on a machine of that architecture',
      cause: error,
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** All that apt reads and writes, but for its trusted keys and how it reaches its servers, is in `work`. @returns the file to name */
async function writeAptConfig(work: string, architecture: Architecture, sources: string): Promise<string> {
  for (const folder of ['state/lists/partial', 'cache/archives/partial', 'log', 'tree']) {
    await mkdir(join(work, folder), { recursive: true })
  }
  await writeFile(join(work, 'status'), '')
  await writeFile(join(work, 'sources.list'), sources)
  const path = join(work, 'apt.conf')
  await writeFile(path, aptConfig(work, architecture))
  return path
}

export function aptConfig(work: string, architecture: Architecture): string {
  const settings = {
    'Dir::State': join(work, 'state'),
    'Dir::State::status': join(work, 'status'),
    'Dir::Cache': join(work, 'cache'),
    'Dir::Log': join(work, 'log'),
    'Dir::Etc::sourcelist': join(work, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'APT::Architecture': architecture,
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
  }
  return [
    ...Object.entries(settings).map(([name, value]) => `${name} "${value}";`),
    '#clear APT::Architectures;',
    `APT::Architectures { "${architecture}"; };`,
    // What the machine does after each update of its own is not for this one.
    ...['APT::Update::Post-Invoke', 'APT::Update::Post-Invoke-Success', 'DPkg::Post-Invoke'].map(
      (name) => `#clear ${name};`,
    ),
    '',
  ].join('\n')
}

/** The machine's own Debian, from the server that it uses; without third parties. */
async function ownRelease(signal: AbortSignal): Promise<string> {
  const codename = /^VERSION_CODENAME=(\w+)$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1]
  if (codename === undefined) throw new Error('/etc/os-release names no release of Debian')
  const { stdout } = await run(
    'apt-get',
    ['indextargets', '--format', '$(REPO_URI) $(RELEASE) $(COMPONENT)', 'Created-By: Packages'],
    { signal, timeout: deadlineMs },
  )
  return sourcesOf(stdout, codename, (await exists(keyring)) ? keyring : undefined)
}

/** @param targets lines of `URI RELEASE COMPONENT`, as the machine's apt knows them */
export function sourcesOf(targets: string, codename: string, signedBy: string | undefined): string {
  const uri = targets
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, release, component]) => release === codename && component === 'main')?.[0]
  const option = signedBy === undefined ? '' : `[signed-by=${signedBy}] `
  return `deb ${option}${uri ?? 'http://deb.debian.org/debian'} ${codename} main\n`
}

/** Of what apt says only what it complains of. */
function complaintOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string }
  const complaints = (stderr ?? '').split('\n').filter((line) => /^E:/.test(line))
  return complaints.length > 0 ? complaints.join('; ') : (String(message).split('\n')[0] ?? '')
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
