// Each key that cluster mode honours, and where it lands in what Swarm gets.
import type { ClusterObjects } from '../../../src/model/cluster/settings.ts'

export interface KeyCase {
  /** Keys of the service `web`. */
  readonly keys: string
  /** What stands beside `services`. */
  readonly top?: string
  /** A part of the service's spec. */
  readonly spec?: object
  /** Parts of what is made beside the service. */
  readonly objects?: Partial<Record<keyof ClusterObjects, readonly object[]>>
}

const inContainer = (part: object) => ({ TaskTemplate: { ContainerSpec: part } })
const inTask = (part: object) => ({ TaskTemplate: part })
const bytesOf = (text: string) => new TextEncoder().encode(text)
const second = 1e9

export const keyCases: readonly KeyCase[] = [
  {
    keys: 'image: redis:5',
    spec: {
      Labels: { 'com.docker.stack.image': 'redis:5' },
      ...inContainer({ Image: '10.77.0.1:5000/nginx@sha256:0' }),
    },
  },
  {
    keys: 'platform: linux/arm64/v8',
    spec: inTask({ Placement: { Platforms: [{ OS: 'linux', Architecture: 'arm64' }] } }),
  },
  { keys: 'command: [/run, "a b"]', spec: inContainer({ Args: ['/run', 'a b'] }) },
  { keys: 'entrypoint: /run.sh -v', spec: inContainer({ Command: ['/run.sh', '-v'] }) },
  { keys: 'environment: {B: b, A: 1.10}', spec: inContainer({ Env: ['A=1.10', 'B=b'] }) },
  { keys: 'labels: {org.example.note: x}', spec: inContainer({ Labels: { 'org.example.note': 'x' } }) },
  { keys: 'user: "1000:1000"', spec: inContainer({ User: '1000:1000' }) },
  { keys: 'group_add: [mail, 44]', spec: inContainer({ Groups: ['mail', '44'] }) },
  { keys: 'working_dir: /srv', spec: inContainer({ Dir: '/srv' }) },
  { keys: 'hostname: web.lab', spec: inContainer({ Hostname: 'web.lab' }) },
  { keys: 'tty: true', spec: inContainer({ TTY: true }) },
  { keys: 'stdin_open: true', spec: inContainer({ OpenStdin: true }) },
  { keys: 'init: false', spec: inContainer({ Init: false }) },
  { keys: 'read_only: true', spec: inContainer({ ReadOnly: true }) },
  { keys: 'stop_signal: SIGINT', spec: inContainer({ StopSignal: 'SIGINT' }) },
  { keys: 'stop_grace_period: 1500ms', spec: inContainer({ StopGracePeriod: 2 * second }) },
  {
    keys: 'restart: on-failure:5',
    spec: inTask({ RestartPolicy: { Condition: 'on-failure', Delay: 0, MaxAttempts: 5 } }),
  },
  {
    keys: 'healthcheck: {test: [CMD, /check], interval: 1m, timeout: 10s, retries: 3, start_period: 40s}',
    spec: inContainer({
      Healthcheck: {
        Test: ['CMD', '/check'],
        Interval: 60 * second,
        Timeout: 10 * second,
        Retries: 3,
        StartPeriod: 40 * second,
      },
    }),
  },
  { keys: 'healthcheck: {disable: true}', spec: inContainer({ Healthcheck: { Test: ['NONE'] } }) },
  {
    keys: 'logging: {driver: syslog, options: {tag: web}}',
    spec: inTask({ LogDriver: { Name: 'syslog', Options: { tag: 'web' } } }),
  },

  { keys: 'network_mode: host', spec: inTask({ Networks: [{ Target: 'host' }] }) },
  { keys: 'network_mode: bridge', spec: inTask({ Networks: [] }) },
  {
    keys: 'ports: [{target: 53, published: 5300, protocol: udp, host_ip: 0.0.0.0, mode: host}, "80"]',
    spec: {
      EndpointSpec: {
        Ports: [
          { Protocol: 'udp', TargetPort: 53, PublishedPort: 5300, PublishMode: 'host' },
          { Protocol: 'tcp', TargetPort: 80, PublishMode: 'host' },
        ],
      },
    },
  },
  {
    keys: 'ports: [{target: 7000, protocol: udp, app_protocol: coap}]',
    spec: { Labels: { 'shoal.coap.port': '7000' } },
  },
  {
    keys: 'dns: 192.0.2.1\ndns_search: lab\ndns_opt: [use-vc]',
    spec: inContainer({ DNSConfig: { Nameservers: ['192.0.2.1'], Search: ['lab'], Options: ['use-vc'] } }),
  },
  {
    keys: 'extra_hosts: ["a=192.0.2.2", "b=[::1]", "c:host-gateway"]',
    spec: inContainer({ Hosts: ['192.0.2.2 a', '::1 b', 'host-gateway c'] }),
  },
  {
    keys: 'networks: {field: {aliases: [www]}}',
    top: 'networks: {field: {driver: overlay, driver_opts: {encrypted: ""}, attachable: true, internal: true, labels: {a: b}}}',
    spec: {
      ...inTask({ Networks: [{ Target: 'lab_field', Aliases: ['web', 'www'] }] }),
      EndpointSpec: { Mode: 'dnsrr' },
    },
    objects: {
      networks: [
        {
          name: 'lab_field',
          external: false,
          driver: 'overlay',
          driverOptions: { encrypted: '' },
          attachable: true,
          internal: true,
          labels: { a: 'b', 'com.docker.stack.namespace': 'lab', 'shoal.application': 'lab' },
        },
      ],
    },
  },
  {
    keys: 'networks: [shared]',
    top: 'networks: {shared: {external: true, name: plant-floor}}',
    spec: inTask({ Networks: [{ Target: 'plant-floor', Aliases: ['web'] }] }),
    objects: { networks: [{ name: 'plant-floor', external: true, labels: {} }] },
  },

  {
    keys: 'volumes: ["/srv/data:/data:ro,rslave"]',
    spec: inContainer({
      Mounts: [
        {
          Type: 'bind',
          Source: '/srv/data',
          Target: '/data',
          ReadOnly: true,
          BindOptions: { Propagation: 'rslave' },
        },
      ],
    }),
  },
  {
    keys: 'volumes: [{type: bind, source: /srv, target: /data, read_only: true, bind: {propagation: rprivate, create_host_path: false}}]',
    spec: inContainer({
      Mounts: [{ Type: 'bind', Source: '/srv', ReadOnly: true, BindOptions: { Propagation: 'rprivate' } }],
    }),
  },
  {
    keys: 'volumes: [{type: volume, source: db, target: /data, volume: {nocopy: true, labels: {c: d}}}]',
    top: 'volumes: {db: {driver: rexray, driver_opts: {size: "1"}, labels: {a: b}}}',
    spec: inContainer({
      Mounts: [
        {
          Type: 'volume',
          Source: 'lab_db',
          Target: '/data',
          VolumeOptions: {
            NoCopy: true,
            Labels: { a: 'b', c: 'd', 'com.docker.stack.namespace': 'lab' },
            DriverConfig: { Name: 'rexray', Options: { size: '1' } },
          },
        },
      ],
    }),
  },
  {
    keys: 'volumes: ["db:/data"]',
    top: 'volumes: {db: {name: archive}}',
    spec: inContainer({ Mounts: [{ Type: 'volume', Source: 'archive', Target: '/data' }] }),
  },
  {
    keys: 'volumes: [{type: tmpfs, target: /m, tmpfs: {size: 1m, mode: 0755}}]',
    spec: inContainer({
      Mounts: [{ Type: 'tmpfs', Target: '/m', TmpfsOptions: { SizeBytes: 1_048_576, Mode: 0o755 } }],
    }),
  },
  {
    keys: 'tmpfs: ["/run:size=64k,mode=1777", /tmp]',
    spec: inContainer({
      Mounts: [
        { Type: 'tmpfs', Target: '/run', TmpfsOptions: { SizeBytes: 65_536, Mode: 0o1777 } },
        { Type: 'tmpfs', Target: '/tmp', TmpfsOptions: {} },
      ],
    }),
  },
  {
    keys: 'secrets: [plain, {source: whole, target: /etc/key, uid: "5", gid: "6", mode: 0400}]',
    top: 'secrets: {plain: {environment: KEY, name: door, labels: {a: b}}, whole: {external: true}}',
    spec: inContainer({
      Secrets: [
        {
          File: { Name: '/run/secrets/plain', UID: '0', GID: '0', Mode: 0o444 },
          SecretID: '',
          SecretName: 'door_2c70e12b',
        },
        {
          File: { Name: '/etc/key', UID: '5', GID: '6', Mode: 0o400 },
          SecretID: '',
          SecretName: 'whole',
        },
      ],
    }),
    objects: {
      secrets: [
        {
          name: 'door_2c70e12b',
          external: false,
          content: bytesOf('key'),
          labels: { a: 'b', 'com.docker.stack.namespace': 'lab' },
        },
        { name: 'whole', external: true },
      ],
    },
  },
  {
    keys: 'secrets: [pem]',
    top: 'secrets: {pem: {file: ./key.pem}}',
    objects: { secrets: [{ name: 'lab_pem_47ffa3ea', content: new Uint8Array([0, 255, 1]) }] },
  },
  {
    keys: 'configs: [text, {source: file, target: etc/x, uid: "1", gid: "2", mode: "440"}, there]',
    top: 'configs: {text: {content: "a: 1", labels: {a: b}}, file: {file: ./key.pem, name: own}, there: {external: true, name: base}}',
    spec: inContainer({
      Configs: [
        {
          File: { Name: '/text', UID: '0', GID: '0', Mode: 0o444 },
          ConfigID: '',
          ConfigName: 'lab_text_16c3c6d7',
        },
        {
          File: { Name: '/etc/x', UID: '1', GID: '2', Mode: 0o440 },
          ConfigID: '',
          ConfigName: 'own_47ffa3ea',
        },
        { File: { Name: '/there' }, ConfigName: 'base' },
      ],
    }),
    objects: { configs: [{ content: bytesOf('a: 1') }, { name: 'own_47ffa3ea' }, { external: true }] },
  },
  {
    keys: 'configs: [text]',
    top: 'configs: {text: {environment: KEY}}',
    objects: { configs: [{ name: 'lab_text_2c70e12b', content: bytesOf('key') }] },
  },

  {
    keys: 'cpus: 0.5\nmem_limit: 64m\npids_limit: 10',
    spec: inTask({ Resources: { Limits: { NanoCPUs: 5e8, MemoryBytes: 67_108_864, Pids: 10 } } }),
  },
  {
    keys: 'deploy: {resources: {limits: {cpus: 0.25, memory: 32m, pids: 20}}}',
    spec: inTask({ Resources: { Limits: { NanoCPUs: 2.5e8, MemoryBytes: 33_554_432, Pids: 20 } } }),
  },
  {
    keys: 'deploy: {resources: {reservations: {cpus: "0.1", memory: 8m, generic_resources: [{discrete_resource_spec: {kind: laser, value: 2}}]}}}',
    spec: inTask({
      Resources: {
        Reservations: {
          NanoCPUs: 1e8,
          MemoryBytes: 8_388_608,
          GenericResources: [{ DiscreteResourceSpec: { Kind: 'laser', Value: 2 } }],
        },
      },
    }),
  },
  {
    keys: 'x-shoal: {needs: [humidity, laser, humidity]}',
    spec: {
      ...inTask({
        Resources: {
          Reservations: {
            GenericResources: [
              { DiscreteResourceSpec: { Kind: 'humidity', Value: 2 } },
              { DiscreteResourceSpec: { Kind: 'laser', Value: 1 } },
            ],
          },
        },
      }),
      UpdateConfig: { Order: 'stop-first' },
    },
  },
  {
    keys: 'devices: ["/dev/ttyUSB0:/dev/modem", {source: /dev/ttyUSB0, target: /dev/phone, permissions: r}]',
    spec: {
      ...inTask({
        ContainerSpec: {
          Env: [
            'SHOAL_DEVICE_PATHS=[{"host":"/dev/ttyUSB0","container":"/dev/modem","permissions":"rwm"},{"host":"/dev/ttyUSB0","container":"/dev/phone","permissions":"r"}]',
          ],
        },
        Resources: {
          Reservations: { GenericResources: [{ DiscreteResourceSpec: { Kind: '/dev/ttyUSB0', Value: 1 } }] },
        },
      }),
      UpdateConfig: { Order: 'stop-first' },
    },
  },
  {
    keys: 'ulimits: {nproc: 5, nofile: {soft: 10, hard: 20}}',
    spec: inContainer({
      Ulimits: [
        { Name: 'nproc', Soft: 5, Hard: 5 },
        { Name: 'nofile', Soft: 10, Hard: 20 },
      ],
    }),
  },
  {
    keys: 'sysctls: {net.core.somaxconn: 10}',
    spec: inContainer({ Sysctls: { 'net.core.somaxconn': '10' } }),
  },
  {
    keys: 'cap_add: [NET_ADMIN]\ncap_drop: [ALL, cap_chown]',
    spec: inContainer({ CapabilityAdd: ['CAP_NET_ADMIN'], CapabilityDrop: ['ALL', 'CAP_CHOWN'] }),
  },

  {
    keys: 'deploy: {replicas: 3, labels: {org.example.owner: x}, mode: replicated}',
    spec: {
      Mode: { Replicated: { Replicas: 3 } },
      Labels: { 'org.example.owner': 'x', 'shoal.active': '3' },
    },
  },
  { keys: 'deploy: {mode: global}', spec: { Mode: { Global: {} } } },
  {
    keys: 'networks: [default]\ndeploy: {endpoint_mode: vip}',
    spec: {
      ...inTask({ Networks: [{ Target: 'lab_default', Aliases: ['web'] }] }),
      EndpointSpec: { Mode: 'vip' },
    },
  },
  {
    keys: 'deploy: {placement: {constraints: [" node.labels.zone ==  field "], preferences: [{spread: node.labels.rack}], max_replicas_per_node: 2}}',
    spec: inTask({
      Placement: {
        Constraints: ['node.labels.zone==field', 'node.labels.shoal.silent!=yes'],
        Preferences: [{ Spread: { SpreadDescriptor: 'node.labels.rack' } }],
        MaxReplicas: 2,
      },
    }),
  },
  {
    keys: 'deploy: {restart_policy: {condition: on-failure, delay: 5s, max_attempts: 3, window: 2m}}',
    spec: inTask({
      RestartPolicy: {
        Condition: 'on-failure',
        Delay: 5 * second,
        MaxAttempts: 3,
        Window: 120 * second,
      },
    }),
  },
  {
    keys: 'deploy: {update_config: {parallelism: 2, delay: 10s, failure_action: pause, monitor: 1m, max_failure_ratio: 0.3, order: stop-first}}',
    spec: {
      UpdateConfig: {
        Parallelism: 2,
        Delay: 10 * second,
        FailureAction: 'pause',
        Monitor: 60 * second,
        MaxFailureRatio: 0.3,
        Order: 'stop-first',
      },
    },
  },
  {
    keys: 'deploy: {rollback_config: {parallelism: 0, delay: 1s, failure_action: continue, monitor: 5s, max_failure_ratio: 1, order: start-first}}',
    spec: {
      RollbackConfig: {
        Parallelism: 0,
        Delay: second,
        FailureAction: 'continue',
        Monitor: 5 * second,
        MaxFailureRatio: 1,
        Order: 'start-first',
      },
    },
  },

  {
    keys: 'ports: ["7000/udp"]\nx-shoal: {coap: {port: 7000, path: /health}, ready: {timeout: 1m}}',
    spec: {
      Labels: { 'shoal.coap.port': '7000', 'shoal.coap.path': '/health', 'shoal.ready.ms': '60000' },
      UpdateConfig: { Monitor: 65 * second },
      ...inContainer({
        Labels: { 'shoal.coap.port': '7000', 'shoal.coap.path': '/health', 'shoal.ready.ms': '60000' },
      }),
    },
  },
  {
    keys: 'deploy: {replicas: 2}\nx-shoal: {standby: 3}',
    spec: {
      Mode: { Replicated: { Replicas: 5 } },
      Labels: { 'shoal.active': '2', 'shoal.standby': '3' },
      ...inContainer({ Labels: { 'shoal.standby': '1' } }),
    },
  },
  { keys: '', top: 'name: farm', spec: { Name: 'farm_web', Labels: { 'shoal.application': 'farm' } } },
]

/** Honoured in that they are checked, or in that they change what other keys become: nothing of their own lands in Swarm. */
export const landNowhere: readonly string[] = [
  'version',
  'services.NAME.profiles',
  'services.NAME.pull_policy',
  'services.NAME.depends_on',
  'services.NAME.depends_on.NAME.condition',
  'services.NAME.depends_on.NAME.required',
  'services.NAME.expose',
  'services.NAME.ports[].name',
]
