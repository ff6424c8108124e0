// The systemd unit of the manager.
import { ShoalError } from '../model/errors.ts'
import { renderCommandLine, runToEnd, systemdRuns, unitFile } from '../worker/systemd.ts'
import { writeWhole } from '../worker/write-whole.ts'

export const managerUnit = 'shoal-manager.service'

/**
 * Comes back after a crash and a boot, however often; stays while the Engine is restarted. It may write its key folder, the authorities that the
 * Engine trusts, and nothing else of the system.
 * @param folders that it writes; they must be there when it starts
 * @param environment settings that the manager needs beside systemd's own
 */
export function renderManagerUnit(
  argv: readonly string[],
  folders: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): string {
  const settings = Object.entries(environment).map(
    ([name, value]) => `Environment=${renderCommandLine([`${name}=${value}`])}\n`,
  )
  return `[Unit]
Description=Shoal edge manager
After=docker.service network-online.target
Wants=docker.service network-online.target
StartLimitIntervalSec=0

[Service]
ExecStart=${renderCommandLine(argv)}
${settings.join('')}Restart=always
RestartSec=2
KillMode=mixed
TimeoutStopSec=20
NoNewPrivileges=true
ProtectSystem=strict
ReadWritePaths=${renderPaths(folders)}
ProtectHome=read-only
PrivateTmp=true
ProtectKernelTunables=true
ProtectKernelModules=true
ProtectControlGroups=true
RestrictSUIDSGID=true
LockPersonality=true
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK

[Install]
WantedBy=multi-user.target
`
}

/** A list of paths knows no variables: a `$` means itself. */
function renderPaths(folders: readonly string[]): string {
  return folders.map((folder) => `"${folder.replaceAll(/["\\]/g, '\\$&').replaceAll('%', '%%')}"`).join(' ')
}

/**
 * Writes it, enables it, and starts it where systemd runs.
 * @returns what was done, for the user
 * @throws ShoalError FILE_UNWRITABLE, MANAGER_FAILED
 */
export async function installUnit(text: string): Promise<string> {
  const file = unitFile(managerUnit)
  await writeWhole(file, text, 0o644).catch((error: unknown) => {
    throw new ShoalError('FILE_UNWRITABLE', {
      action: 'write',
      object: 'the unit of the manager',
      place: file,
      reason: error instanceof Error ? error.message : String(error),
      nextStep: 'run it as root, on a machine with systemd',
    })
  })
  if (!systemdRuns()) {
    const isEnabled = (await runToEnd(['systemctl', 'enable', managerUnit])) === 0
    const then = isEnabled ? 'it starts at the next boot' : `systemctl enable ${managerUnit} enables it`
    return `wrote ${file}; systemd does not run here: ${then}`
  }
  await runToEnd(['systemctl', 'daemon-reload'])
  // A unit that ran before takes up what is new.
  for (const verb of ['enable', 'restart']) {
    const code = await runToEnd(['systemctl', verb, managerUnit])
    if (code === 0) continue
    throw new ShoalError('MANAGER_FAILED', {
      action: verb,
      object: managerUnit,
      place: 'this machine',
      reason: `systemctl ${verb} ended with ${code}`,
      nextStep: `journalctl -u ${managerUnit} tells why`,
    })
  }
  return `wrote ${file}, enabled and started it; shoal manager token prints what devices join with`
}
