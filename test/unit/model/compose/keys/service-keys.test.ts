import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Service } from '../../../../../src/model/application.ts'
import { serviceSection } from '../../../../../src/model/compose/keys/service-keys.ts'
import { aService, complaints } from '../reading.ts'

/** What a service becomes by each key, in each of its syntaxes. */
const honoured: readonly [keys: string, service: Partial<Service>][] = [
  ['image: redis:5', { image: 'redis:5' }],
  ['platform: linux/arm64/v8', { platform: 'linux/arm64/v8' }],
  ['pull_policy: never', { pullPolicy: 'never' }],
  ['pull_policy: if_not_present', { pullPolicy: 'missing' }],
  ['container_name: my-web', { containerName: 'my-web' }],
  ['scale: 3', { replicas: 3 }],
  ['scale: "0"', { replicas: 0 }],
  ['deploy: {replicas: 2, mode: replicated}', { replicas: 2 }],
  ['deploy:', { replicas: 1 }],
  [
    'deploy: {restart_policy: {condition: on-failure, max_attempts: 3}}',
    { restart: { condition: 'on-failure', maxAttempts: 3 } },
  ],
  ['deploy: {restart_policy: {}}', { restart: { condition: 'always', maxAttempts: 0 } }],
  ['deploy: {restart_policy: {condition: none}}', { restart: { condition: 'no', maxAttempts: 0 } }],
  ['profiles: []', {}],
  ['x-shoal: {ready: {timeout: 2m}}', { ready: { timeoutMs: 120_000 } }],
  ['command: sh -c "echo a b"', { command: ['sh', '-c', 'echo a b'] }],
  ['command: [echo, "a b"]', { command: ['echo', 'a b'] }],
  ['command:', { command: undefined }],
  ['entrypoint: []\ncommand: []', { entrypoint: [], command: [] }],
  ['entrypoint: /run.sh', { entrypoint: ['/run.sh'] }],
  [
    'environment: {A: a, B: 1.10, C: true, D: "", E: 0x10}',
    { environment: { A: 'a', B: '1.10', C: 'true', D: '', E: '0x10' } },
  ],
  ['environment: [A=a, "B=b=c", C=]', { environment: { A: 'a', B: 'b=c', C: '' } }],
  ['environment: {MINE: , NOBODYS: }', { environment: { MINE: 'from here' } }],
  ['environment: [MINE, NOBODYS, A=1]', { environment: { MINE: 'from here', A: '1' } }],
  ['labels: {a.b: c, n: 1, e: }', { labels: { 'a.b': 'c', n: '1', e: '' } }],
  ['labels: [a.b=c=d, e]', { labels: { 'a.b': 'c=d', e: '' } }],
  ['user: "1000:1000"', { user: '1000:1000' }],
  ['user: ""', { user: undefined }],
  ['group_add: [mail, 1000]', { groups: ['mail', '1000'] }],
  ['working_dir: /srv', { workingDir: '/srv' }],
  ['hostname: web.lab', { hostname: 'web.lab' }],
  ['domainname: lab', { domainName: 'lab' }],
  ['tty: true', { tty: true }],
  ['stdin_open: "yes"', { stdinOpen: true }],
  ['init: false', { init: false }],
  ['stop_signal: SIGRTMIN+3', { stopSignal: 'SIGRTMIN+3' }],
  ['stop_grace_period: 1m30s', { stopGraceMs: 90_000 }],
  ['restart: no', { restart: { condition: 'no', maxAttempts: 0 } }],
  ['restart: unless-stopped', { restart: { condition: 'unless-stopped', maxAttempts: 0 } }],
  ['restart: on-failure:5', { restart: { condition: 'on-failure', maxAttempts: 5 } }],
  [
    'healthcheck: {test: curl -f x || exit 1, interval: 1m30s, timeout: 10s, retries: 3, start_period: 40s}',
    {
      healthcheck: {
        test: ['CMD-SHELL', 'curl -f x || exit 1'],
        intervalMs: 90_000,
        timeoutMs: 10_000,
        retries: 3,
        startPeriodMs: 40_000,
      },
    },
  ],
  ['healthcheck: {test: [CMD, curl, x]}', { healthcheck: aCheck(['CMD', 'curl', 'x']) }],
  ['healthcheck: {disable: true}', { healthcheck: aCheck(['NONE']) }],
  ['healthcheck: {disable: false}', { healthcheck: aCheck(undefined) }],
  [
    'logging: {driver: syslog, options: {tag: web, max: 3}}',
    { logging: { driver: 'syslog', options: { tag: 'web', max: '3' } } },
  ],
  ['logging: {options: {max-size: 10m}}', { logging: { driver: undefined, options: { 'max-size': '10m' } } }],
  ['depends_on: []', { dependsOn: [] }],
  ['network_mode: host', { network: 'host' }],
  [
    'ports: [80, "443:443/udp", {target: 53, published: "5300-5310", protocol: udp, host_ip: "::1", mode: host, name: dns}]',
    {
      ports: [
        { containerPort: 80, protocol: 'tcp', hostIp: undefined, hostPorts: undefined },
        { containerPort: 443, protocol: 'udp', hostIp: undefined, hostPorts: { first: 443, last: 443 } },
        { containerPort: 53, protocol: 'udp', hostIp: '::1', hostPorts: { first: 5300, last: 5310 } },
      ],
    },
  ],
  [
    'expose: ["53/udp", 80]',
    {
      exposed: [
        { port: 53, protocol: 'udp' },
        { port: 80, protocol: 'tcp' },
      ],
    },
  ],
  ['dns: 8.8.8.8', { dns: { servers: ['8.8.8.8'], search: [], options: [] } }],
  [
    'dns: [8.8.8.8, "2001:db8::1"]',
    { dns: { servers: ['8.8.8.8', '2001:db8::1'], search: [], options: [] } },
  ],
  ['dns_search: lab', { dns: { servers: [], search: ['lab'], options: [] } }],
  ['dns_opt: [use-vc]', { dns: { servers: [], search: [], options: ['use-vc'] } }],
  [
    'extra_hosts: ["a=1.2.3.4", "b:5.6.7.8", "c=[::1]", "d:host-gateway"]',
    { extraHosts: ['a:1.2.3.4', 'b:5.6.7.8', 'c:::1', 'd:host-gateway'] },
  ],
  ['extra_hosts: {a: 1.2.3.4, b: ["::1", 5.6.7.8]}', { extraHosts: ['a:1.2.3.4', 'b:::1', 'b:5.6.7.8'] }],
  [
    'devices: [/dev/ttyUSB0, "/dev/sda:/dev/xvda", "/dev/gpiochip0:rw", "/dev/a:/dev/b:r", {source: "/dev/by:1", target: /dev/c, permissions: rm}]',
    {
      devices: [
        { pathOnHost: '/dev/ttyUSB0', pathInContainer: '/dev/ttyUSB0', permissions: 'rwm' },
        { pathOnHost: '/dev/sda', pathInContainer: '/dev/xvda', permissions: 'rwm' },
        { pathOnHost: '/dev/gpiochip0', pathInContainer: '/dev/gpiochip0', permissions: 'rw' },
        { pathOnHost: '/dev/a', pathInContainer: '/dev/b', permissions: 'r' },
        { pathOnHost: '/dev/by:1', pathInContainer: '/dev/c', permissions: 'rm' },
      ],
    },
  ],
  [
    'x-shoal: {needs: [humidity, passive-buzzer, humidity]}',
    { needs: ['humidity', 'passive-buzzer', 'humidity'] },
  ],
  ['device_cgroup_rules: ["c 1:3 mr", "a 7:* rmw"]', { deviceCgroupRules: ['c 1:3 mr', 'a 7:* rmw'] }],
  [
    'volumes: [{type: bind, source: /a:b, target: /c, read_only: true, bind: {create_host_path: false, propagation: rslave}}]',
    {
      mounts: [
        {
          kind: 'bind',
          source: '/a:b',
          target: '/c',
          readOnly: true,
          createSource: false,
          propagation: 'rslave',
          selinux: undefined,
        },
      ],
    },
  ],
  [
    'volumes: [{type: tmpfs, target: /a, tmpfs: {size: 1m, mode: 0755}}, {type: tmpfs, target: /b, tmpfs: {mode: "1777"}}, {type: tmpfs, target: /c, tmpfs: {mode: 493}}]',
    {
      mounts: [
        { kind: 'tmpfs', target: '/a', readOnly: false, sizeBytes: 1_048_576, mode: 0o755 },
        { kind: 'tmpfs', target: '/b', readOnly: false, sizeBytes: undefined, mode: 0o1777 },
        { kind: 'tmpfs', target: '/c', readOnly: false, sizeBytes: undefined, mode: 0o755 },
      ],
    },
  ],
  ['tmpfs: /run', { tmpfs: { '/run': '' } }],
  ['tmpfs: ["/run:size=64m,mode=1777", /tmp]', { tmpfs: { '/run': 'size=64m,mode=1777', '/tmp': '' } }],
  ['storage_opt: {size: 1G}', { storageOptions: { size: '1G' } }],
  ['shm_size: 2g', { shmBytes: 2_147_483_648 }],
  ['cpus: "0.5"', { limits: limits({ cpus: 0.5 }) }],
  ['cpus: 0', { limits: limits({}) }],
  [
    'deploy: {resources: {limits: {cpus: 1.5, memory: 64m, pids: 10}, reservations: {memory: 32m}}}',
    {
      limits: limits({ cpus: 1.5, memoryBytes: 67_108_864, pids: 10, memoryReservationBytes: 33_554_432 }),
    },
  ],
  ['cpu_shares: 73', { limits: limits({ cpuShares: 73 }) }],
  [
    'cpu_quota: 50000\ncpu_period: "100000"',
    { limits: limits({ cpuQuotaUs: 50_000, cpuPeriodUs: 100_000 }) },
  ],
  ['cpuset: 0-2,4', { limits: limits({ cpuSet: '0-2,4' }) }],
  ['mem_limit: 64m\nmemswap_limit: -1', { limits: limits({ memoryBytes: 67_108_864, memorySwapBytes: -1 }) }],
  ['mem_reservation: 1gb', { limits: limits({ memoryReservationBytes: 1_073_741_824 }) }],
  ['mem_swappiness: 0', { limits: limits({ memorySwappiness: 0 }) }],
  ['pids_limit: -1', { limits: limits({ pids: -1 }) }],
  [
    'ulimits: {nproc: 65535, nofile: {soft: 20000, hard: -1}}',
    {
      ulimits: [
        { name: 'nproc', soft: 65_535, hard: 65_535 },
        { name: 'nofile', soft: 20_000, hard: -1 },
      ],
    },
  ],
  ['sysctls: {net.core.somaxconn: 1024}', { sysctls: { 'net.core.somaxconn': '1024' } }],
  ['sysctls: [net.ipv4.tcp_syncookies=0]', { sysctls: { 'net.ipv4.tcp_syncookies': '0' } }],
  [
    'blkio_config: {weight: 300, weight_device: [{path: /dev/sda, weight: 400}], device_read_bps: [{path: /dev/sdb, rate: 12mb}], device_write_iops: [{path: /dev/sdb, rate: 30}]}',
    {
      blockIo: {
        weight: 300,
        deviceWeights: [{ path: '/dev/sda', rate: 400 }],
        readBytesPerSecond: [{ path: '/dev/sdb', rate: 12_582_912 }],
        writeBytesPerSecond: [],
        readsPerSecond: [],
        writesPerSecond: [{ path: '/dev/sdb', rate: 30 }],
      },
    },
  ],
  ['oom_kill_disable: true', { oom: { killDisabled: true, scoreAdjustment: undefined } }],
  ['oom_score_adj: -500', { oom: { killDisabled: false, scoreAdjustment: -500 } }],
  ['read_only: true', { readOnly: true }],
  ['cap_add: [NET_ADMIN]', { capAdd: ['NET_ADMIN'] }],
  ['cap_drop: [ALL]', { capDrop: ['ALL'] }],
  ['privileged: true', { privileged: true }],
  [
    'security_opt: [no-new-privileges, "label:user:x", apparmor=unconfined, "seccomp:unconfined", "systempaths:unconfined"]',
    {
      security: {
        options: ['no-new-privileges=true', 'label=user:x', 'apparmor=unconfined', 'seccomp=unconfined'],
        unmaskedSystemPaths: true,
      },
    },
  ],
  [
    'pid: host\nipc: shareable\nuts: host\nuserns_mode: host\ncgroup: private',
    {
      namespaces: { pid: 'host', ipc: 'shareable', uts: 'host', user: 'host', cgroup: 'private' },
    },
  ],
  ['cgroup_parent: /edge', { cgroupParent: '/edge' }],
  ['runtime: crun', { runtime: 'crun' }],
]

/** What is said to a wrong value. */
const wrong: readonly [keys: string, complaint: string][] = [
  ['image: ""', 'image: expected the name of an image, got an empty text'],
  ['image: [a]', 'image: expected a string, got a list'],
  [
    'platform: windows/amd64',
    'platform: expected a linux platform: the Engine of a device runs no other, got "windows/amd64"',
  ],
  [
    'pull_policy: always',
    'pull_policy: pair mode does not honour the value always: say missing, and the image is brought to a device that lacks it',
  ],
  ['pull_policy: sometimes', 'pull_policy: expected "missing", "if_not_present" or "never", got "sometimes"'],
  ['container_name: "-x"', 'container_name: expected a name of letters, digits, _ . -, got "-x"'],
  ['scale: -1', 'scale: expected a whole number from 0 to 10000, got the number -1'],
  ['scale: 1.5', 'scale: expected a whole number from 0 to 10000, got the number 1.5'],
  [
    'deploy: {mode: global}',
    'deploy.mode: pair mode does not honour the value global: instances run on the devices that you name, as many as replicas says',
  ],
  [
    'deploy: {restart_policy: {condition: any, max_attempts: 2}}',
    'deploy.restart_policy: max_attempts needs the condition on-failure, and it is any',
  ],
  ['command: [sleep, 10]', 'command[1]: expected a string in quotes ("10"), got the number 10'],
  ['command: {a: b}', 'command: expected a string or a list of strings, got a map'],
  ['environment: {A: [1]}', 'environment.A: expected a string, got a list'],
  ['environment: A=1', 'environment: expected a map or a list of KEY=VALUE, got "A=1"'],
  ['environment: [A=1, A=2]', 'environment[1]: A is written twice, first at 4:19'],
  ['environment: ["=x"]', 'environment[0]: expected a key before the value, got ""'],
  ['user: 1000', 'user: expected a string in quotes ("1000"), got the number 1000'],
  ['hostname: my host', 'hostname: expected a host name, got "my host"'],
  ['tty: maybe', 'tty: expected true or false, got "maybe"'],
  ['stop_signal: term', 'stop_signal: expected a signal such as SIGTERM, got "term"'],
  [
    'stop_grace_period: 10',
    'stop_grace_period: expected a duration such as 1m30s (us, ms, s, m, h), got the number 10',
  ],
  [
    'restart: never',
    'restart: expected "no", "always", "unless-stopped", "on-failure" or "on-failure:N", got "never"',
  ],
  [
    'healthcheck: {test: [curl]}',
    'healthcheck.test: expected ["NONE"], ["CMD", word, …] or ["CMD-SHELL", line]',
  ],
  [
    'healthcheck: {disable: true, test: x}',
    'healthcheck.disable: a check is disabled and given: leave out one of them',
  ],
  [
    'network_mode: "service:db"',
    'network_mode: pair mode does not honour the value service:db: a container shares its namespaces with the device or with nobody',
  ],
  ['network_mode: my-net', 'network_mode: expected "bridge", "host" or "none", got "my-net"'],
  ['ports: [{published: 80}]', 'ports[0]: target is missing: the port of the container'],
  [
    'ports: [{target: 80, mode: ingress}]',
    'ports[0].mode: pair mode does not honour the value ingress: nothing balances between devices: say host, or leave mode out',
  ],
  [
    'ports: [{target: 80, app_protocol: coap}]',
    'ports[0]: app_protocol is coap, and Shoal speaks CoAP over udp: say protocol: udp',
  ],
  ['expose: [80, 81, 80]', 'expose[2]: written twice, first at 4:14'],
  ['ports: ["80:80", "80:81"]', 'ports: port 80/tcp of the device is published twice'],
  ['ports: [[80]]', 'ports[0]: expected a port such as "5683:5683/udp", or a map, got a list'],
  ['ports: ["1-4096", "5000"]', 'ports: expected at most 4096 ports, got 4097'],
  ['dns: ns.lab', 'dns: expected an IP address, got "ns.lab"'],
  [
    'extra_hosts: [web]',
    'extra_hosts[0]: expected HOST=ADDRESS with an IP address or host-gateway, got "web"',
  ],
  [
    'devices: [ttyUSB0]',
    'devices[0]: expected SOURCE[:TARGET][:PERMISSIONS] with absolute paths and some of r, w, m, got "ttyUSB0"; a path with a colon needs the map form',
  ],
  [
    'devices: ["vendor.com/device=gpu"]',
    'devices[0]: pair mode does not honour the names of the Container Device Interface: give the path of the device file',
  ],
  [
    'devices: ["/dev/a:/dev/b:rrw"]',
    'devices[0]: expected SOURCE[:TARGET][:PERMISSIONS] with absolute paths and some of r, w, m, got "/dev/a:/dev/b:rrw"; a path with a colon needs the map form',
  ],
  ['devices: [{target: /dev/a}]', 'devices[0]: source is missing: the path of the device file'],
  ['devices: [/dev/a, "/dev/b:/dev/a"]', 'devices: /dev/a of the container is given twice'],
  [
    'device_cgroup_rules: [c 1:3]',
    'device_cgroup_rules[0]: expected a rule such as "c 188:* rwm", got "c 1:3"',
  ],
  ['volumes: ["data:/data"]', 'volumes[0]: no volume "data" stands under volumes at the top of the file'],
  [
    'volumes: [{type: bind, source: ./a, target: /a}]',
    'volumes[0].source: pair mode does not honour the source ./a: a path from here does not exist on the device: give an absolute path of the device, or a named volume',
  ],
  ['volumes: [{type: bind, target: /a}]', 'volumes[0]: source is missing: an absolute path of the device'],
  ['volumes: [{source: /a, target: /a}]', 'volumes[0]: type is missing'],
  [
    'volumes: [{type: npipe, target: /a}]',
    'volumes[0].type: pair mode does not honour the value npipe: a device offers paths, volumes and memory',
  ],
  [
    'volumes: [{type: tmpfs, target: /a, bind: {}}]',
    'volumes[0].bind: the options of bind do not fit the type tmpfs',
  ],
  [
    'volumes: [{type: tmpfs, target: /a, source: b}]',
    'volumes[0].source: memory has no source: leave it out',
  ],
  [
    'volumes: [{type: bind, source: "/a:b", target: /c}]',
    'volumes[0].source: the Engine cannot make a folder with a colon in its path: set bind.create_host_path to false',
  ],
  [
    'volumes: [{type: volume, source: a, target: /c, volume: {subpath: x}}]',
    'volumes[0].volume.subpath: pair mode does not honour subpath: Docker 20.10 does not know it: mount the whole volume',
  ],
  ['tmpfs: run', 'tmpfs: expected absolute paths in the container, with options behind a colon, got "run"'],
  ['volumes: [/data/]\ntmpfs: /data', 'volumes: /data of the container is mounted twice'],
  ['mem_limit: 64 pounds', 'mem_limit: expected a size such as 64m or 1gb (b, k, m, g), got "64 pounds"'],
  ['mem_limit: 4m', 'mem_limit: the Engine takes no limit below 6m, got 4194304 bytes'],
  ['mem_swappiness: 101', 'mem_swappiness: expected a whole number from 0 to 100, got the number 101'],
  ['cpuset: all', 'cpuset: expected a list such as "0-2,4", got "all"'],
  ['ulimits: {nofile: {soft: 1}}', 'ulimits.nofile.hard: missing; soft and hard go together'],
  ['ulimits: [nofile]', 'ulimits: expected a map of limits, such as nofile: 1024, got a list'],
  [
    'blkio_config: {weight: 5}',
    'blkio_config.weight: expected a whole number from 10 to 1000, got the number 5',
  ],
  ['blkio_config: {device_read_bps: [{path: /dev/sda}]}', 'blkio_config.device_read_bps[0]: rate is missing'],
  ['cap_add: [NET_ADMIN, NET_ADMIN]', 'cap_add[1]: written twice, first at 4:15'],
  [
    'cap_add: [net admin]',
    'cap_add[0]: expected the name of a capability, such as NET_ADMIN, got "net admin"',
  ],
  [
    'security_opt: ["seccomp:./profile.json"]',
    'security_opt[0]: pair mode does not honour "seccomp:./profile.json": the profile would be a file from here; seccomp:unconfined and the Engine’s own are there',
  ],
  [
    'security_opt: [no-new-privileges:maybe]',
    'security_opt[0]: expected no-new-privileges:true or :false, got "no-new-privileges:maybe"',
  ],
  [
    'security_opt: [selinux:x]',
    'security_opt[0]: expected NAME:VALUE with one of no-new-privileges, seccomp, apparmor, label, systempaths, got "selinux:x"',
  ],
  [
    'pid: "container:x"',
    'pid: pair mode does not honour the value container:x: a container shares its namespaces with the device or with nobody',
  ],
  ['x-shoal: {coap: {prot: 1}}', 'x-shoal.coap.prot: unknown key "prot"; did you mean "port"?'],
  ['x-shoal: {x-coap: 1}', 'x-shoal.x-coap: unknown key "x-coap"; did you mean "coap"?'],
  [
    'x-shoal: {needs: [Humidity]}',
    'x-shoal.needs[0]: expected the name of a capability, in small letters, digits and dashes, such as humidity, got "Humidity"',
  ],
  ['x-shoal: {needs: humidity}', 'x-shoal.needs: expected a list, got "humidity"'],
  [
    `x-shoal: {needs: [${Array.from({ length: 17 }, () => 'laser').join(', ')}]}`,
    'x-shoal.needs: expected at most 16 capabilities, got a list',
  ],
  ...['DOCKER_RESOURCE_LASER', 'SHOAL_DEVICES', 'SHOAL_DEVICE_PATHS'].map((name): [string, string] => [
    `environment: {${name}: laser-1}`,
    `environment: ${name} tells of the devices of an instance, and is set for it: leave it out, and name what it needs under x-shoal.needs`,
  ]),
  [
    'environment: [SHOAL_DEVICES]',
    'environment: SHOAL_DEVICES tells of the devices of an instance, and is set for it: leave it out, and name what it needs under x-shoal.needs',
  ],
]

describe('a key of a service', () => {
  it.each(honoured)('is honoured: %s', (keys, service) => {
    expect(aService(keys, { MINE: 'from here' })).toMatchObject(service)
  })

  it.each(wrong)('is refused when its value is wrong: %s', (keys, complaint) => {
    expect(complaints(keys)).toEqual([complaint])
  })

  const refused = Object.entries(serviceSection.keys).flatMap(([key, rule]) =>
    rule.kind === 'refused' ? [[key, rule.reason] as const] : [],
  )

  it.each(refused)('%s is refused by name', (key, reason) => {
    expect(complaints(`${key}: whatever`)).toEqual([`${key}: pair mode does not honour ${key}: ${reason}`])
  })

  it('stands in the list above if it is honoured', () => {
    const tried = new Set(honoured.flatMap(([keys]) => Object.keys(parse(keys))))
    const known = Object.entries(serviceSection.keys).filter(([, rule]) => rule.kind === 'honoured')
    expect(known.map(([key]) => key).filter((key) => !tried.has(key))).toEqual([])
  })

  it('may have its value from a variable, whatever its type', () => {
    const keys = 'read_only: $RO\nscale: $N\nports: ["$P:80"]\nmem_limit: $M\nstop_grace_period: $T'
    expect(aService(keys, { RO: 'true', N: '2', P: '8080', M: '64m', T: '5s' })).toMatchObject({
      readOnly: true,
      replicas: 2,
      ports: [{ hostPorts: { first: 8080, last: 8080 } }],
      limits: { memoryBytes: 67_108_864 },
      stopGraceMs: 5000,
    })
  })
})

describe('named volumes', () => {
  it('get the name and the labels that Compose gives them, and what the file declares', () => {
    const top = 'volumes: { a: , b: { name: own, driver: nfs, driver_opts: { o: 1 }, labels: [x=y] } }'
    const service = aService(
      'volumes: ["a:/a", {type: volume, source: b, target: /b, volume: {nocopy: true, labels: {z: 1}}}]',
      {},
      top,
    )
    const project = 'com.docker.compose.project'
    const volume = 'com.docker.compose.volume'
    expect(service.mounts).toEqual([
      {
        kind: 'volume',
        source: 'lab_a',
        target: '/a',
        readOnly: false,
        noCopy: false,
        driver: undefined,
        driverOptions: {},
        labels: { [project]: 'lab', [volume]: 'a' },
      },
      {
        kind: 'volume',
        source: 'own',
        target: '/b',
        readOnly: false,
        noCopy: true,
        driver: 'nfs',
        driverOptions: { o: '1' },
        labels: { x: 'y', z: '1', [project]: 'lab', [volume]: 'b' },
      },
    ])
  })
})

function aCheck(test: readonly string[] | undefined): Service['healthcheck'] {
  return { test, intervalMs: undefined, timeoutMs: undefined, retries: undefined, startPeriodMs: undefined }
}

/** Every limit, none set but those given. */
function limits(given: Partial<Service['limits']>): Service['limits'] {
  return {
    cpus: undefined,
    cpuShares: undefined,
    cpuQuotaUs: undefined,
    cpuPeriodUs: undefined,
    cpuSet: undefined,
    memoryBytes: undefined,
    memoryReservationBytes: undefined,
    memorySwapBytes: undefined,
    memorySwappiness: undefined,
    pids: undefined,
    ...given,
  }
}
