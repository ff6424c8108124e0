// Starts a program that goes on as a measurement would, tells its pid, and stays: for who kills this one.
import process from 'node:process'
import { localShell } from '../../../../evaluation/hosts/local-shell.ts'
import { RealHost } from '../../../../evaluation/hosts/real-host.ts'

const [project = ''] = process.argv.slice(2)
const host = await RealHost.open(
  {
    name: 'here',
    role: 'client',
    local: true,
    user: 'root',
    ssh: 'here',
    port: undefined,
    addresses: {},
    project,
    power: 'none',
    devices: false,
  },
  'ethernet',
  localShell,
  AbortSignal.timeout(20_000),
)
host.spawn(['sh', '-c', 'echo $$; exec sleep 600'], { stdio: ['ignore', 'inherit', 'inherit'] })
