// Keys of a service: what runs in the container, and for how long.

import { readKeyValues } from '../read-key-values.ts'
import {
  readBoolean,
  readCommand,
  readDuration,
  readList,
  readOrNothing,
  readPattern,
  readTextOrNumber,
  readUnlessNothing,
} from '../read-value.ts'
import { honoured, type Rule } from '../section.ts'
import type { ServiceDraft } from '../service-draft.ts'
import { dependencySection, readDependsOn } from './depends-on.ts'
import { healthcheckSection, readHealthcheck } from './healthcheck.ts'
import { loggingSection, readLogging } from './logging.ts'
import { readRestart } from './restart.ts'

const readHostname = readPattern(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'a host name')

export const processKeys: Readonly<Record<string, Rule<ServiceDraft>>> = {
  command: honoured(
    'words, or a line that is split as a shell would; in place of the image’s',
    'command',
    readUnlessNothing(readCommand),
  ),
  entrypoint: honoured(
    'as command; an empty one clears the image’s',
    'entrypoint',
    readUnlessNothing(readCommand),
  ),
  environment: honoured(
    'map or list; a name without value takes the one of your environment, and is left out where you have none; numbers stay as they are spelled',
    'environment',
    readKeyValues,
  ),
  labels: honoured(
    'map or list; com.docker.compose.… and shoal.… are kept for the tools',
    'labels',
    readKeyValues,
  ),
  user: honoured('user, or user:group, by name or number', 'user', readOrNothing),
  group_add: honoured('more groups of the user', 'groups', readList(readTextOrNumber, { unique: true })),
  working_dir: honoured('folder in which the command starts', 'workingDir', readOrNothing),
  hostname: honoured('host name of the container', 'hostname', readHostname),
  domainname: honoured('domain of the host name', 'domainName', readHostname),
  tty: honoured('gives the program a terminal; nobody types into it', 'tty', readBoolean),
  stdin_open: honoured('keeps the standard input open; nobody types into it', 'stdinOpen', readBoolean),
  init: honoured('runs a small init as process 1, which forwards signals and reaps', 'init', readBoolean),
  stop_signal: honoured(
    'signal that asks the program to end; left out, the image’s, else SIGTERM',
    'stopSignal',
    readPattern(/^([A-Z0-9+-]+|\d+)$/, 'a signal such as SIGTERM'),
  ),
  stop_grace_period: honoured(
    'time from that signal to SIGKILL; left out, 10s; whole seconds, rounded up',
    'stopGraceMs',
    readDuration,
  ),
  restart: honoured(
    'no (if left out), always, unless-stopped, on-failure or on-failure:N: what the device’s Engine does at an exit and at its own start',
    'restart',
    readRestart,
  ),
  healthcheck: honoured(
    'check that the Engine runs in the container, below',
    'healthcheck',
    readHealthcheck,
    { '': healthcheckSection },
  ),
  logging: honoured(
    'log driver, below; shoal pair logs reads what the driver lets the Engine read',
    'logging',
    readLogging,
    { '': loggingSection },
  ),
  depends_on: honoured(
    'services that start before this one, and how far they must be, below',
    'dependsOn',
    readDependsOn,
    { '.NAME': dependencySection },
  ),
}
