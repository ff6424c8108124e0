// Words that Docker 20.10 really answered.
import { describe, expect, it } from 'vitest'
import { refusedCall } from '../../../src/engine/engine-error.ts'

const refused = (message: string) =>
  refusedCall({ action: 'do', object: 'the swarm of x:2377', place: 'there' }, 500, message)

describe('a refusal of Swarm', () => {
  it.each([
    ['rpc error: code = Unknown desc = update out of sequence', 'SWARM_CONFLICT'],
    [
      'This node is already part of a swarm. Use "docker swarm leave" to leave this swarm and join another one.',
      'SWARM_MEMBER',
    ],
    ['This node is not part of a swarm', 'SWARM_NOT_MEMBER'],
    [
      'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
      'SWARM_NOT_MANAGER',
    ],
    [
      "rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few managers are online. Make sure more than half of the managers are online.",
      'SWARM_NO_LEADER',
    ],
    ['invalid join token', 'SWARM_TOKEN_WRONG'],
    [
      'rpc error: code = InvalidArgument desc = A valid join token is necessary to join this cluster',
      'SWARM_TOKEN_WRONG',
    ],
    ['remote CA does not match fingerprint. Expected: 1a2b', 'SWARM_TOKEN_WRONG'],
    [
      'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing dial tcp 127.0.0.1:9: connect: connection refused"',
      'SWARM_UNREACHABLE',
    ],
    [
      'Timeout was reached before node joined. The attempt to join the swarm will continue in the background. Use the "docker info" command to see the current swarm status of your node.',
      'SWARM_UNREACHABLE',
    ],
    [
      'could not find local IP address: dial udp 198.18.171.206:2377: connect: network is unreachable',
      'SWARM_UNREACHABLE',
    ],
    ['node nosuch not found', 'NODE_UNKNOWN'],
    ["rpc error: code = FailedPrecondition desc = node x1 is not down and can't be removed", 'NODE_IN_USE'],
    [
      'rpc error: code = FailedPrecondition desc = node x1 is a cluster manager and is a member of the raft cluster. It must be demoted to worker before removal',
      'NODE_IN_USE',
    ],
    ['service nosuch not found', 'SERVICE_UNKNOWN'],
    ['network nosuchnet not found', 'NETWORK_UNKNOWN'],
    ['rpc error: code = AlreadyExists desc = config c already exists', 'SWARM_NAME_TAKEN'],
    ['network with name n already exists', 'SWARM_NAME_TAKEN'],
    [
      "rpc error: code = InvalidArgument desc = config 'c' is in use by the following service: a",
      'SWARM_IN_USE',
    ],
    [
      'Get "http://127.0.0.1:9/v2/": dial tcp 127.0.0.1:9: connect: connection refused',
      'REGISTRY_UNREACHABLE',
    ],
    ['Get "https://hub:5000/v2/": x509: certificate signed by unknown authority', 'REGISTRY_UNREACHABLE'],
    ['Get "https://hub:5000/v2/x/manifests/1": no basic auth credentials', 'REGISTRY_DENIED'],
    ['rpc error: code = InvalidArgument desc = name must be valid as a DNS name component', 'ENGINE_REFUSED'],
  ])('%j is %s', (message, code) => {
    const error = refused(message)
    expect(error.code).toBe(code)
    expect(error.reason).not.toMatch(/rpc error|code = /)
  })

  it('is not seen in what a container’s own connection met', () => {
    const message =
      'failed to initialize logging driver: dial tcp 127.0.0.1:24224: connect: connection refused'
    const subject = { action: 'start', object: 'container web-1', place: 'there' }
    expect(refusedCall(subject, 500, message).code).toBe('ENGINE_REFUSED')
  })
})
