// Every error a user can meet: its code, what it means, its exit code. docs/errors.md says the same; a test compares both ways.

interface ErrorEntry {
  /** One sentence for docs/errors.md: what has happened. */
  readonly meaning: string
  /** Process exit code: 1 the work failed, 2 the command was used wrongly. */
  readonly exitCode: 1 | 2
}

const entry = (meaning: string, exitCode: 1 | 2 = 1): ErrorEntry => Object.freeze({ meaning, exitCode })

/** The table. A new error is one line here and one row in docs/errors.md. */
export const errorTable = Object.freeze({
  USAGE: entry('The command line was not understood.', 2),
  SETUP_REFUSED: entry('`scripts/setup` cannot make this machine ready.'),
  INTERNAL: entry('Shoal broke a promise of its own; this is a bug.'),
  INTERRUPTED: entry('The user stopped the command.'),
  FILE_UNREADABLE: entry('A file that was named cannot be read.'),
  FILE_UNWRITABLE: entry('A file or folder cannot be written.'),
  COMPOSE_INVALID: entry('A Compose file is wrong, or asks for what pair mode does not honour.'),
  COAP_FAILED: entry('A CoAP request got no answer: timed out, refused, unresolved or not a CoAP address.'),
  COAP_REFUSED: entry('A CoAP server answered with an error code (4.xx or 5.xx).'),
  SERVICE_PORT: entry('A service could not open its UDP port.'),
  IMAGE_SERVICE_UNKNOWN: entry('There is no service of that name to build an image of.'),
  IMAGE_BUNDLE_FAILED: entry('The sources of a service could not be bundled into one file.'),
  IMAGE_RUNTIME_MISSING: entry(
    'Node or a shared library for the architecture of an image is not on this machine.',
  ),
  IMAGE_STORE_DAMAGED: entry(
    'A file in the image store is missing or is not what it was when it was written.',
  ),
  IMAGE_UNKNOWN: entry('An image is neither on the device nor anywhere it could be brought from.'),
  CONTAINER_UNKNOWN: entry('The Docker Engine has no such container.'),
  NAME_TAKEN: entry('Another container on the device has the name that is needed.'),
  PORT_TAKEN: entry('Something on the device holds the port already.'),
  HARDWARE_ABSENT: entry('A device file that a service asks for does not exist there.'),
  CAPABILITY_ABSENT: entry('A machine has no device with a capability that a service needs.'),
  DEVICE_ABSENT: entry('The device that a service needs is declared, and it is not there.'),
  DEVICE_HELD: entry('Every device with a capability that a service needs is held by others.'),
  DEVICE_UNKNOWN: entry('An instance claims a device that its node does not have.'),
  CLAIM_REFUSED: entry('A container claims devices in a way that its node does not honour.'),
  DEVICE_DENIED: entry('The user of a container may not open the files of the device that it was given.'),
  STORAGE_FULL: entry('The device has no space left.'),
  COMMAND_UNRUNNABLE: entry('The command of a container cannot be run.'),
  ENGINE_REFUSED: entry('The Docker Engine refused a request for a reason that has no code of its own.'),
  SWARM_CONFLICT: entry('A record of the Swarm was changed by somebody else at the same time.'),
  SWARM_TOKEN_WRONG: entry('The Swarm does not take the join token.'),
  SWARM_UNREACHABLE: entry('The manager of the Swarm cannot be reached, or is not who it should be.'),
  SWARM_NOT_MANAGER: entry('The Docker Engine is no manager of a Swarm.'),
  NODE_UNKNOWN: entry('The cluster has no such node.'),
  SERVICE_UNKNOWN: entry(
    'There is no service of that name: none to run here, none in the cluster or its catalogue.',
  ),
  SWARM_MEMBER: entry('The Docker Engine is part of a Swarm already.'),
  SWARM_NOT_MEMBER: entry('The Docker Engine is part of no Swarm.'),
  SWARM_NO_LEADER: entry('The Swarm has no leader at the moment: its manager is down or has just come up.'),
  SWARM_NAME_TAKEN: entry('The Swarm has a service, network, config or secret of that name already.'),
  SWARM_IN_USE: entry('A network, config or secret of the Swarm is in use and cannot be removed.'),
  NODE_IN_USE: entry('A node cannot be removed while it is up, or is a manager.'),
  NETWORK_UNKNOWN: entry('There is no network of that name.'),
  REGISTRY_DENIED: entry('A registry does not accept the credentials.'),
  REGISTRY_UNREACHABLE: entry('A registry does not answer, or is not who it should be.'),
  CATALOGUE_UNKNOWN: entry('The catalogue has no application of that name.'),
  UNPLACEABLE: entry('No node can take an instance of a service; the reasons are told node by node.'),
  ACTIVATION_TIMEOUT: entry('A service did not answer CoAP in time after it was activated.'),
  REGISTRY_MISSING: entry('A program that the registry of the manager needs is not on this machine.'),
  REGISTRY_DAMAGED: entry('What a registry has under a name is no image.'),
  REGISTRY_DOWN: entry('The registry of the manager does not answer.'),
  TOKEN_INVALID: entry('A text is no join token.'),
  TOKEN_WRONG: entry('The manager did not make this join token, or has made all older ones void.'),
  TOKEN_EXPIRED: entry('The join token has expired.'),
  KEYS_ABSENT: entry('There is no key folder of a manager there.'),
  KEYS_DAMAGED: entry('The key folder of the manager is not whole.'),
  MANAGER_FAILED: entry('The process of the manager ended at its start, or does not end.'),
  MANAGER_RUNS: entry('A manager runs on this machine already, with this key folder.'),
  MANAGER_NOT_FOUND: entry('No manager was found in the local network.'),
  MANAGER_AMBIGUOUS: entry('Several managers were found and none was named.'),
  MANAGER_UNREACHABLE: entry('The manager does not answer.'),
  MANAGER_ANSWER: entry('The manager gave an answer that this version of Shoal does not understand.'),
  MANAGER_NOT_TRUSTED: entry('The manager that answers is not the one that the token means.'),
  MANAGER_ADDRESS: entry('It is not clear at which address others reach this machine.'),
  CLOCK_OFF: entry('The clock of a device is too far from the manager’s for certificates to hold.'),
  RUNTIME_INCOMPLETE: entry(
    'A part of the device runtime, or a program that it needs, is not on this machine.',
  ),
  DEVICES_INVALID: entry('The file that declares the devices of a node is wrong.'),
  DEVICES_UNREADABLE: entry('The devices of a node, or the file that declares them, cannot be read.'),
  SOURCE_UNFIT: entry('What a node does cannot be read where it was to be read.'),
  POWER_SOURCE: entry('A source of power cannot be taken.'),
  POWER_MIXED: entry('Records have power of another source already.'),
  DAQ_INVALID: entry('A file of a data acquisition board, or the description of its columns, is wrong.'),
  RECORDS_INVALID: entry('A file is no run that the sampler wrote.'),
  ENGINE_CONFIG: entry('The configuration of the Docker Engine cannot be read or merged.'),
  ENGINE_RESTART: entry('The Docker Engine of a device did not come back after a restart.'),
  OTHER_SWARM: entry('The Docker Engine is in another Swarm.'),
  NOT_JOINED: entry('This device has joined no cluster.'),
  WORKER_BUSY: entry('Another command joins or leaves on this device at this moment.'),
  AGENT_FAILED: entry('The agent of a device did not start.'),
  JOIN_FAILED: entry('A device could not join for a reason that has no code of its own.'),
  CATALOGUE_TOO_LARGE: entry('A Compose file is too large for the catalogue.'),
  DEPLOY_ROLLED_BACK: entry('A new version did not come up, and the one before runs again.'),
  DEPLOY_INCOMPLETE: entry('Not all instances answered in time after a deployment.'),
  API_REQUEST_INVALID: entry('A request to the manager has problems; nothing was done.'),
  API_NOT_FOUND: entry('The manager has nothing at that path.'),
  API_METHOD: entry('The manager does not take that method at that path.'),
  API_TOO_LARGE: entry('A request to the manager is too large.'),
  API_MEDIA_TYPE: entry('The manager does not take a body of that media type.'),
  API_FOREIGN_PAGE: entry('A web page that is not the manager’s own tried to change something.'),
  PUSH_FAILED: entry('An image could not be pushed to a registry.'),
  ENGINE_ABSENT: entry('No Docker Engine runs on the device.'),
  ENGINE_DENIED: entry('The user may not use the Docker Engine of the device.'),
  ENGINE_TIMEOUT: entry('The Docker Engine did not answer in time.'),
  CONNECTION_LOST: entry('The connection to a device ended in the middle of the work.'),
  SSH_MISSING: entry('This machine has no ssh program.'),
  SSH_FAILED: entry('SSH failed for a reason that has no code of its own.'),
  HOST_UNRESOLVED: entry('The name of a device leads to no address.'),
  HOST_UNREACHABLE: entry('A device does not answer, or no SSH server listens there.'),
  HOST_KEY_UNKNOWN: entry('The host key of a device is in no known_hosts file.'),
  HOST_KEY_CHANGED: entry('The host key of a device is another than the one in the known_hosts file.'),
  LOGIN_DENIED: entry('A device accepts none of the keys.'),
  FORWARDING_DENIED: entry('The SSH server of a device forbids the forwarding that pair mode needs.'),
  BOARD_INVALID: entry('The script of a simulated board has problems; nothing was started.'),
  BOARD_RUNS: entry('A simulated board of that name runs already.'),
  BOARD_UNKNOWN: entry('No simulated board of that name runs.'),
  BOARD_REFUSED: entry('A simulated board did not do what it was asked.'),
  TOPOLOGY_INVALID: entry('A lab topology has problems; nothing was started.'),
  CAMPAIGN_INVALID: entry('A campaign of `shoal evaluate` has problems; nothing was started.'),
  CLAIMS_INVALID: entry('A file of claims of the paper has problems; nothing was judged.'),
  RUN_BUSY: entry('Another process measures into the folder of a run.'),
  RUN_DAMAGED: entry('A file in the folder of a run is not what was written there.'),
  RESULTS_MIXED: entry('Results of different versions, campaigns or hosts are never put together.'),
  CELLS_FAILED: entry('Cells of a campaign failed; the report is there and counts them.'),
  DEMO_FAILED: entry('A command of the demo failed in a host of its lab.'),
  STAGE_FAILED: entry('The hosts of a measurement could not be made ready, or not be sampled.'),
  INVENTORY_INVALID: entry('An inventory of hosts has problems; nothing was started.'),
  LAB_UNFIT: entry('This machine lacks what a lab needs: root, a program, a kernel feature.'),
  LAB_EXISTS: entry('A lab of that name is there already.'),
  LAB_NOT_UP: entry('The lab that was named, or any lab at all, is not up.'),
  LAB_AMBIGUOUS: entry('Several labs are up and none was named.'),
  LAB_BUSY: entry('Another process is bringing the lab up.'),
  LAB_HOST_UNKNOWN: entry('The lab has no host of that name.'),
  LAB_HOST_OFF: entry('The host of the lab has no power.'),
  LAB_NO_ENGINE: entry('The host of the lab has no engine.'),
  LAB_STEP_FAILED: entry('A step of building a lab failed; what was done has been undone.'),
  LAB_DAEMON_FAILED: entry('The sshd or dockerd of a lab host did not start, or did not stop.'),
  LAB_EXEC_TIMEOUT: entry('A program in a lab host did not end in its time and was killed.'),
  LAB_DOWN_FAILED: entry('Something of a lab could not be removed.'),
  UNPLACED: entry('No device can carry an instance.'),
  CONTAINER_EXITED: entry('A container ended although it should run.'),
  SERVICE_SILENT: entry('An instance runs but does not answer CoAP, or is not healthy, in time.'),
  APPLICATION_UNKNOWN: entry('No application of that name is on the devices, or in the cluster.'),
})

export type ErrorCode = keyof typeof errorTable

export interface ErrorParts {
  /** What was being done, as a verb: `activate`, `connect`. */
  readonly action: string
  /** To what: a service, an image, a file. */
  readonly object: string
  /** Where: a host, a file; left out where the object says it. */
  readonly place?: string
  /** Why it failed, in words for the user; several lines are allowed. */
  readonly reason: string
  /** What to do about it, where there is something. */
  readonly nextStep?: string
  /** The error underneath. */
  readonly cause?: unknown
}

/** An error meant for the user. Anything else that reaches the command line is printed as `INTERNAL`. */
export class ShoalError extends Error {
  readonly code: ErrorCode
  readonly action: string
  readonly object: string
  readonly place: string | undefined
  readonly reason: string
  readonly nextStep: string | undefined

  constructor(code: ErrorCode, parts: ErrorParts) {
    const place = parts.place === undefined ? '' : `, ${parts.place}`
    super(`${parts.action}, ${parts.object}${place}: ${parts.reason}`, { cause: parts.cause })
    this.name = 'ShoalError'
    this.code = code
    this.action = parts.action
    this.object = parts.object
    this.place = parts.place
    this.reason = parts.reason
    this.nextStep = parts.nextStep
  }
}

/** `error[CODE]: action, object, place: cause`, and the next step on a line of its own. */
export function renderError(error: ShoalError): string {
  const next = error.nextStep === undefined ? '' : `\n  next: ${error.nextStep}`
  return `error[${error.code}]: ${error.message}${next}`
}
