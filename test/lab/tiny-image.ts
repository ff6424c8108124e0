// An image small enough to make in a test: two shells, two programs and their libraries, from the machine's own files.
import type { LabHost } from '../../lab/lab.ts'

const programs = ['sh', 'bash', 'sleep', 'cat']

/** Makes it in the engine of the host, as `tiny`. */
export async function importTinyImage(host: LabHost): Promise<void> {
  const files = programs.map((name) => `/bin/${name}`).join(' ')
  const libraries = `$(ldd ${files} | grep -o '/[^ ]*\\.so[^ ]*' | sort -u)`
  const script = `tar --create --dereference --absolute-names ${files} ${libraries} | docker import - tiny`
  const { exitCode, stderr } = await host.exec(['sh', '-c', script])
  if (exitCode !== 0) throw new Error(stderr)
}
