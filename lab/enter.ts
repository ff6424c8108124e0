// The words that start a program inside: in cgroups first, then in the namespaces of a host.
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout that this lab runs from: hosts see it at the same path. */
export const checkout = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')

const scriptFile = (name: string) => fileURLToPath(new URL(`host/${name}`, import.meta.url))

/** `sh enter.sh FILES -- ARGV`: joins the cgroups, then becomes ARGV. */
export function joinArgv(joinFiles: readonly string[], argv: readonly string[]): readonly string[] {
  return ['sh', scriptFile('enter.sh'), ...joinFiles, '--', ...argv]
}

/** Makes new namespaces and the inside of a host in them. */
export function bootArgv(name: string, folder: string, privateFolders: readonly string[]): readonly string[] {
  const namespaces = [
    '--net',
    '--mount',
    '--uts',
    '--ipc',
    '--pid',
    '--cgroup',
    '--fork',
    '--kill-child',
    '--mount-proc',
  ]
  return [
    'unshare',
    ...namespaces,
    'sh',
    scriptFile('boot.sh'),
    name,
    folder,
    checkout,
    '--',
    ...privateFolders,
  ]
}

/** Makes the switch's namespaces and its inside. */
export function switchArgv(address: string): readonly string[] {
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
  return ['unshare', ...namespaces, 'sh', scriptFile('switch.sh'), address]
}

/** Enters all namespaces of the host whose init is `pid`, in `cwd` as the host sees it. */
export function enterArgv(pid: number, cwd: string, argv: readonly string[]): readonly string[] {
  return [...nsenterArgv(pid), 'env', `--chdir=${cwd}`, '--', ...argv]
}

/** The same on the user's terminal, whose Ctrl-C reaches the whole process group: nsenter must outlive it to hand the exit code on. */
export function attachArgv(pid: number, cwd: string, argv: readonly string[]): readonly string[] {
  const outside = ['env', '--ignore-signal=INT,QUIT', ...nsenterArgv(pid)]
  const inside = ['env', '--default-signal=INT,QUIT', `--chdir=${cwd}`, '--', 'sh', scriptFile('attend.sh')]
  return [...outside, ...inside, ...argv]
}

function nsenterArgv(pid: number): readonly string[] {
  return ['nsenter', `--target=${pid}`, '--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--']
}

/** Where programs are found in a host: the checkout's own first, the folder of the Node that runs the lab last. */
export function searchPath(): string {
  const usual = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']
  return [`${checkout}/bin`, ...usual, dirname(process.execPath)].join(':')
}

/** The environment of a log-in as root on a device, whatever the caller's own is. */
export function hostEnvironment(): Readonly<Record<string, string>> {
  return { HOME: '/root', USER: 'root', LOGNAME: 'root', SHELL: '/bin/bash', PATH: searchPath() }
}
