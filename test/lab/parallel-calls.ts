// Runs on a client: holds many calls to a device's Engine open at the same time, and counts those that are answered.
import process from 'node:process'
import { connectDevice } from '../../src/pair/connect-device.ts'
import { SshFolder, sshFolderPath } from '../../src/pair/ssh-folder.ts'
import { parseTarget } from '../../src/pair/target.ts'

const [target = '', count = ''] = process.argv.slice(2)
const connector = { folder: new SshFolder(sshFolderPath(process.env)), ssh: {}, env: process.env }
const device = await connectDevice(parseTarget(target), connector, AbortSignal.timeout(30_000))
const { containers } = device.engine
const { id } = await containers.create('sleeper', {
  Image: 'shoal/compute:0.1.0',
  Entrypoint: ['node', '-e', 'setTimeout(() => {}, 3000)'],
})
try {
  await containers.start(id, 'sleeper')
  // Each waits for the same end, on a channel of its own.
  const waiting = Array.from({ length: Number(count) }, () => containers.wait(id, 'sleeper'))
  const answers = await Promise.all(waiting)
  process.stdout.write(`${answers.filter((exitCode) => exitCode === 0).length} answered\n`)
} finally {
  await containers.remove(id, 'sleeper')
  device.close()
}
