import { describe, expect, it } from 'vitest'
import { complaintsOf, refusalOf } from '../cluster-reading.ts'

const long = 'x'.repeat(60)

describe('what a cluster cannot do with a service', () => {
  it.each([
    [
      'ports: ["127.0.0.1:8080:80"]',
      'ports[0]: cluster mode does not honour the address 127.0.0.1: Swarm binds',
    ],
    [
      'ports: [{target: 80, host_ip: "::1"}]',
      'ports[0]: cluster mode does not honour the address ::1: Swarm',
    ],
    [
      'ports: ["8000-8010:80"]',
      'ports[0]: cluster mode does not honour 8000-8010 to choose from for 80: Swarm',
    ],
    [
      'ports: [{target: 80, mode: ingress}]',
      'ports[0].mode: cluster mode does not honour the value ingress: Swarm’s mesh loses UDP',
    ],
    ['ports: ["80:80", "0.0.0.0:80:81"]', 'ports: port 80/tcp of the device is published twice'],
    ['network_mode: none', 'network_mode: cluster mode does not honour the value none: Swarm puts'],
    [
      'network_mode: service:db',
      'network_mode: cluster mode does not honour the value service:db: Swarm puts',
    ],
    ['network_mode: host\nnetworks: [default]', 'networks: with network_mode host it is on no other'],
    [
      'network_mode: bridge\ndeploy: {endpoint_mode: vip}',
      'deploy.endpoint_mode: with network_mode bridge no name',
    ],
    [
      'networks: [default]\nx-shoal: {needs: [laser]}',
      'networks: Swarm gives up an instance that claims a device whenever a network comes to its node',
    ],
    ['x-shoal: {coap: {port: 5683}}', 'x-shoal.coap.port: no client reaches 5683/udp: publish it with ports'],
    ['networks: [field]', 'networks[0]: no network "field" stands under networks at the top'],
    ['networks: {field: }', 'networks.field: no network "field" stands under networks at the top'],
    [
      'networks: {default: {ipv4_address: 10.0.0.9}}',
      'networks.default.ipv4_address: cluster mode does not honour ipv4_address',
    ],
    ['secrets: [key]', 'secrets[0]: no secret "key" stands under secrets at the top'],
    ['configs: [{source: key}]', 'configs[0]: no config "key" stands under configs at the top'],
    [
      'volumes: ["./data:/data"]',
      'volumes[0]: cluster mode does not honour the source ./data: a path from here does not exist on the node',
    ],
    [
      'volumes: [{type: bind, source: ~/x, target: /x}]',
      'volumes[0].source: cluster mode does not honour the source ~/x',
    ],
    [
      'volumes: ["/srv:/srv:z"]',
      'volumes[0]: cluster mode does not honour z behind the paths: Swarm does not carry',
    ],
    [
      'volumes: [{type: bind, source: /a, target: /a, bind: {selinux: z}}]',
      'volumes[0].bind.selinux: cluster mode does not honour selinux',
    ],
    [
      'volumes: [{type: bind, source: /a, target: /a, bind: {create_host_path: true}}]',
      'volumes[0].bind.create_host_path: Swarm makes no folder on a node',
    ],
    ['tmpfs: "/run:size=1m,noexec"', 'tmpfs: cluster mode does not honour the option noexec: Swarm carries'],
    ['tmpfs: "/run:size=50%"', 'tmpfs: cluster mode does not honour the option size=50%'],
    [
      'pull_policy: never',
      'pull_policy: cluster mode does not honour the value never: a node fetches what it lacks',
    ],
    [
      'depends_on: {db: {condition: service_completed_successfully}}',
      'depends_on.db.condition: cluster mode does not honour the value service_completed_successfully',
    ],
    [
      'depends_on: {db: {condition: service_healthy}}',
      'depends_on.db.condition: cluster mode does not honour the value service_healthy: Swarm moves',
    ],
    [
      'labels: {com.docker.stack.image: x}',
      'labels: labels under com.docker.stack. are set by Shoal and Swarm',
    ],
    ['labels: {shoal.spec: x}', 'labels: labels under shoal. are set by Shoal: leave shoal.spec out'],
    [
      'deploy: {labels: {shoal.active: "9"}}',
      'deploy.labels: labels under shoal. are set by Shoal and Swarm',
    ],
    ['cpus: 0.001', 'cpus: the kernel gives no less than 0.01 of a CPU'],
    [
      'deploy: {resources: {limits: {cpus: 0.001}}}',
      'deploy.resources.limits.cpus: the kernel gives no less',
    ],
    [
      'deploy: {resources: {limits: {memory: 4m}}}',
      'deploy.resources.limits.memory: the Engine takes no limit below 6m',
    ],
    [
      'deploy: {resources: {reservations: {cpus: 0.001}}}',
      'deploy.resources.reservations.cpus: the kernel gives no less',
    ],
    [
      'deploy: {resources: {reservations: {memory: 1m}}}',
      'deploy.resources.reservations.memory: Swarm reserves no less than 4m',
    ],
    [
      'deploy: {resources: {reservations: {generic_resources: [{discrete_resource_spec: {kind: a}}, {discrete_resource_spec: {kind: a}}]}}}',
      'deploy.resources.reservations.generic_resources: a is reserved twice',
    ],
    [
      'deploy: {mode: global, replicas: 2}',
      'deploy.replicas: with the mode global each node has one instance',
    ],
    [
      'deploy: {mode: global}\nx-shoal: {standby: 1}',
      'x-shoal.standby: with the mode global each node has one instance',
    ],
    [
      'deploy: {mode: global, placement: {max_replicas_per_node: 1}}',
      'deploy.placement.max_replicas_per_node: with the mode global',
    ],
    [
      'deploy: {mode: replicated-job}',
      'deploy.mode: cluster mode does not honour the value replicated-job: services go on',
    ],
    [
      'restart: always\ndeploy: {restart_policy: {condition: any}}',
      'restart: deploy.restart_policy is given too',
    ],
    ['x-shoal: {standby: 65}', 'x-shoal.standby: expected a whole number from 0 to 64, got the number 65'],
    [
      'x-shoal: {scale: {min: 1}}',
      'x-shoal.scale: cluster mode does not honour scale: instances are not added by load yet',
    ],
    [
      'devices: ["vendor.com/device=gpu"]',
      'devices[0]: cluster mode does not honour the names of the Container Device Interface',
    ],
    [
      'device_cgroup_rules: ["c 188:* rwm"]',
      'device_cgroup_rules: cluster mode does not honour device_cgroup_rules: a rule claims no device',
    ],
    [
      'x-shoal: {needs: [laser]}\ndeploy: {resources: {reservations: {generic_resources: [{discrete_resource_spec: {kind: laser, value: 1}}]}}}',
      'deploy.resources.reservations.generic_resources: laser is reserved by x-shoal.needs already',
    ],
    [
      'privileged: true',
      'privileged: cluster mode does not honour privileged: Swarm cannot grant it; pair mode can',
    ],
  ])('%s', (keys, complaint) => {
    const said = complaintsOf(keys)
    expect(said.filter((line) => line.startsWith(complaint))).toHaveLength(1)
    // A service that is not in the file is said of depends_on besides.
    expect(said).toHaveLength(keys.startsWith('depends_on') && said.length === 2 ? 2 : 1)
  })

  it.each([
    ['node.labels.zone', 'expected a constraint such as "node.labels.zone == field"'],
    ['node.role=manager', 'expected a constraint such as "node.labels.zone == field"'],
    ['node.labels.zone ==', 'expected a constraint such as "node.labels.zone == field"'],
    ['node.zone == field', 'Swarm knows no node.zone: it is node.id'],
    ['node.labels.a/b == c', 'Swarm knows no node.labels.a/b: it is node.id'],
    ['node.labels.zone == a,b', 'expected a value of letters, digits and'],
    ['node.labels.zone == a==b', 'expected a value of letters, digits and'],
    ['node.role == leader', 'node.role is manager or worker, and never leader'],
    ['node.platform.arch == arm64', 'node.platform.arch is never arm64 in Swarm: it is aarch64'],
    ['node.ip == here', 'node.ip is an address or a range such as 10.0.0.0/24, and never here'],
  ])('the constraint %s', (constraint, complaint) => {
    const [first = '', ...rest] = complaintsOf(`deploy: {placement: {constraints: ["${constraint}"]}}`)
    expect(first.replace(/^deploy\.placement\.constraints\[0\]: /, '').slice(0, complaint.length)).toBe(
      complaint,
    )
    expect(rest).toEqual([])
  })

  it.each([
    'node.hostname!=edge_1',
    'node.ip == 10.0.0.0/24',
    'node.labels.place == second floor',
    'ENGINE.labels.zone == x',
    'Node.Role == WORKER',
    'node.platform.arch == aarch64',
  ])('but the constraint %s holds as Swarm reads it', (constraint) => {
    expect(complaintsOf(`deploy: {placement: {constraints: ["${constraint}"]}}`)).toEqual([])
  })

  it.each([
    ['a.b', 'services["a.b"]: Swarm takes no dot in the name of a service'],
    ['web-', 'services.web-: Swarm wants a letter or a digit at the end of the name'],
    [long, `services.${long}: Swarm would call it lab_${long}, and takes 63 characters at most`],
  ])('a service called %s', (name, complaint) => {
    const [line = '', ...rest] = refusalOf(`services: {${name}: {image: a}}`)
    expect(line.slice(0, complaint.length)).toBe(complaint)
    expect(rest).toEqual([])
  })
})
