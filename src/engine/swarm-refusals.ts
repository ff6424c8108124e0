// The refusals of Swarm, told apart by their words, which stand in moby's and swarmkit's source since 20.10.
import type { EngineRefusal } from './refusal.ts'

export const swarmRefusals: readonly EngineRefusal[] = [
  {
    code: 'REGISTRY_DENIED',
    pattern: /no basic auth credentials|unauthorized: |authentication required/i,
    nextStep: 'check the credentials for the registry',
  },
  {
    code: 'REGISTRY_UNREACHABLE',
    pattern: /(?:Get|Head|Post) "?https?:\/\/(?<registry>[^/"]+)\/v2\/[^"]*"?: (?<cause>.*)$/is,
    reword: ({ registry, cause }) => `the registry ${registry} cannot be asked: ${cause}`,
  },
  {
    code: 'SWARM_CONFLICT',
    pattern: /update out of sequence/i,
    reword: () => 'it was changed by somebody else at the same time',
    nextStep: 'look at it again, and repeat the change if it still makes sense',
  },
  {
    code: 'SWARM_MEMBER',
    pattern: /already part of a swarm/i,
    reword: () => 'this Engine is part of a swarm already',
  },
  {
    code: 'SWARM_NOT_MEMBER',
    pattern: /is not part of a swarm/i,
    reword: () => 'this Engine is part of no swarm',
  },
  {
    code: 'SWARM_NO_LEADER',
    pattern: /swarm does not have a leader|too few managers are online/i,
    reword: () => 'the swarm has no leader at this moment',
    nextStep: 'repeat it when its manager is up again',
  },
  {
    code: 'SWARM_NOT_MANAGER',
    pattern: /not a swarm manager/i,
    reword: () => 'this Engine is not a manager of a swarm',
  },
  {
    code: 'SWARM_TOKEN_WRONG',
    pattern: /valid join token is necessary|invalid join token|remote CA does not match fingerprint/i,
    reword: () => 'the swarm does not take this join token',
  },
  {
    code: 'SWARM_UNREACHABLE',
    of: 'the swarm',
    pattern:
      /timeout was reached before node joined|could not find local IP address|error while dialing|connection refused|no route to host|code = Unavailable|context deadline exceeded/i,
    nextStep: 'check that the manager runs, and that this machine has a way to it',
  },
  { code: 'NODE_UNKNOWN', pattern: /\bnode \S+ not found/i },
  {
    code: 'NODE_IN_USE',
    pattern: /\bnode \S+ is (?:not down|a cluster manager)/i,
    reword: () => 'it is up, or it is a manager',
    nextStep: 'have it leave the swarm first',
  },
  { code: 'SERVICE_UNKNOWN', pattern: /\bservice \S+ not found/i },
  { code: 'NETWORK_UNKNOWN', pattern: /\bnetwork \S+ not found/i },
  {
    code: 'SWARM_NAME_TAKEN',
    pattern: /code = AlreadyExists|network with name \S+ already exists/i,
    reword: () => 'there is one of that name already',
  },
  {
    code: 'SWARM_IN_USE',
    pattern: /is in use by (?<user>.*)$/is,
    reword: ({ user }) => `it is in use by ${user}`,
  },
]
