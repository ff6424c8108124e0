// The agent as a unit of systemd.
import { renderCommandLine } from './systemd.ts'

export const agentUnit = 'shoal-worker.service'

/**
 * Comes back after everything but a clean stop: nobody is there to press reset. Not tied to the Engine's unit: the agent outlives an Engine
 * that starts anew, and where Docker is not Debian's its unit has another name.
 * @param environment settings that the agent needs beside systemd's own
 */
export function renderAgentUnit(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): string {
  const settings = Object.entries(environment).map(
    ([name, value]) => `Environment=${renderCommandLine([`${name}=${value}`])}\n`,
  )
  return `[Unit]
Description=Agent of a Shoal worker
After=docker.service network-online.target
Wants=docker.service network-online.target
StartLimitIntervalSec=0

[Service]
ExecStart=${renderCommandLine(argv)}
${settings.join('')}Restart=always
RestartSec=2
NoNewPrivileges=true
ProtectHome=read-only
PrivateTmp=true

[Install]
WantedBy=multi-user.target
`
}
