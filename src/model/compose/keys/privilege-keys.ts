// Keys of a service: what it may do.
import { readBoolean, readFilledText, readHonoured, readList, readOneOf, readPattern } from '../read-value.ts'
import { honoured, type Rule } from '../section.ts'
import type { ServiceDraft } from '../service-draft.ts'
import { namespaceSharing } from './namespace-sharing.ts'
import { readSecurity } from './security.ts'

const readCapabilities = readList(
  readPattern(/^[A-Za-z_]+$/, 'the name of a capability, such as NET_ADMIN'),
  { unique: true },
)

export const privilegeKeys: Readonly<Record<string, Rule<ServiceDraft>>> = {
  read_only: honoured('its root file system cannot be written', 'readOnly', readBoolean),
  cap_add: honoured('capabilities of the kernel that it gets', 'capAdd', readCapabilities),
  cap_drop: honoured('capabilities of the kernel that it loses', 'capDrop', readCapabilities),
  privileged: honoured(
    'every capability and every device of the machine; devices alone is nearly always enough',
    'privileged',
    readBoolean,
  ),
  security_opt: honoured(
    'no-new-privileges, apparmor, label, seccomp:unconfined, systempaths:unconfined; a seccomp profile is refused',
    'security',
    readSecurity,
  ),
  pid: honoured(
    'host: it sees the processes of the device',
    'pidMode',
    readHonoured(['host'], namespaceSharing),
  ),
  ipc: honoured(
    'host, private, shareable or none; service:… is refused',
    'ipcMode',
    readHonoured(['host', 'private', 'shareable', 'none'], namespaceSharing),
  ),
  uts: honoured('host: it has the host name of the device', 'utsMode', readOneOf('host')),
  userns_mode: honoured('host: its users are those of the device', 'userMode', readOneOf('host')),
  cgroup: honoured('host or private cgroup namespace', 'cgroupMode', readOneOf('host', 'private')),
  cgroup_parent: honoured('cgroup under which it stands', 'cgroupParent', readFilledText),
  runtime: honoured('OCI runtime that the device’s Engine knows by this name', 'runtime', readFilledText),
}
