// A host whose programs are this machine's, but for those that a test writes as shell scripts: docker, shoal, ssh.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HostRole } from '../../../../evaluation/hosts/evaluation-host.ts'
import { localShell } from '../../../../evaluation/hosts/local-shell.ts'
import { RealHost } from '../../../../evaluation/hosts/real-host.ts'

export interface FakedHost {
  readonly host: RealHost
  /** What is called on it from now on: the lines of a shell script. */
  readonly program: (name: string, script: string) => void
  /** Lines that scripts have written to `$CALLS`. */
  readonly calls: () => readonly string[]
  readonly close: () => Promise<void>
}

export async function aFakedHost(
  name: string,
  role: HostRole,
  programs: Readonly<Record<string, string>>,
): Promise<FakedHost> {
  const project = mkdtempSync(join(tmpdir(), `shoal-${name}-`))
  const calls = join(project, 'calls')
  writeFileSync(calls, '')
  mkdirSync(join(project, 'bin'))
  const program = (file: string, script: string) => {
    const path = join(project, 'bin', file)
    writeFileSync(path, `#!/bin/sh\nCALLS=${calls}\n${script}\n`)
    chmodSync(path, 0o755)
  }
  for (const [file, script] of Object.entries(programs)) program(file, script)
  const spec = {
    name,
    role,
    local: true,
    user: 'root',
    ssh: name,
    port: undefined,
    addresses: { ethernet: '10.0.0.2' },
    project,
    power: 'none',
    devices: false,
  } as const
  const host = await RealHost.open(spec, 'ethernet', localShell, AbortSignal.timeout(20_000))
  return {
    host,
    program,
    calls: () =>
      readFileSync(calls, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    close: async () => {
      await host.close()
      rmSync(project, { recursive: true })
    },
  }
}
