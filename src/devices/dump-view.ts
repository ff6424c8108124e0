// Another machine's kernel, looked at once by a script of the simplest shell: nothing of Shoal needs to be there.

import { declarationsFile } from '../model/devices/declaration.ts'
import { ShoalError } from '../model/errors.ts'
import type { DeviceNumbers, KernelView } from './kernel-view.ts'

export interface Dump {
  readonly view: KernelView
  /** Undefined: there is no /etc/shoal/devices.yaml. */
  readonly declarations: string | undefined
}

/**
 * For `sh`. Prints one fact a line, its parts between tabs: `L` a folder and a name in it, `R` a file and its text in octal escapes, `P` a path and
 * where it leads, `N` a character device and its numbers in hexadecimal; `D` the declarations; `E` the end. Runs on busybox too.
 */
export const dumpScript = `
tab=$(printf '\\t')
text() { [ -f "$2" ] && [ -r "$2" ] && printf '%s\\t%s\\t%s\\n' "$1" "$2" "$(od -An -v -to1 -N65536 "$2" | tr -d '\\n')"; }
names() { for inner in "$1"/*; do [ -e "$inner" ] && printf 'L\\t%s\\t%s\\n' "$1" "\${inner##*/}"; done; }
leads() { to=$(readlink -f "$1" 2>/dev/null) && [ -e "$to" ] && printf 'P\\t%s\\t%s\\n' "$1" "$to"; }
entry() {
  leads "$1" || return 0
  at=$to
  names "$at"
  for file in name label index npwm; do text R "$at/$file"; done
  leads "$at/device"
  for node in "$at/of_node" "\${at%/*}/of_node"; do text R "$node/gpio-line-names"; done
  for pwm in "$at"/pwm[0-9]*; do text R "$pwm/period"; done
}
for folder in /sys/bus/gpio/devices /sys/class/gpio /sys/class/pwm /sys/bus/iio/devices /sys/class/hwmon /sys/bus/w1/devices \\
  /sys/class/video4linux /sys/class/i2c-dev /sys/class/spidev; do
  names "$folder"
  for each in "$folder"/*; do
    [ -e "$each" ] || continue
    entry "$each"
    text R "$each/label"
    leads "$each/device"
  done
done
for each in /sys/class/tty/ttyUSB* /sys/class/tty/ttyACM* /sys/class/tty/ttyAMA*; do
  [ -e "$each" ] && printf 'L\\t/sys/class/tty\\t%s\\n' "\${each##*/}" && leads "$each"
done
for folder in /dev/v4l/by-id /dev/v4l/by-path /dev/serial/by-id /dev/serial/by-path; do
  names "$folder"
  for each in "$folder"/*; do [ -e "$each" ] && leads "$each"; done
done
for board in /run/shoal/boards/*; do
  [ -d "$board" ] || continue
  names "$board"
  for each in "$board"/*; do [ -d "$each" ] && names "$each"; done
done
find /dev -type c -exec stat -c "N$tab%n$tab%t$tab%T" {} + 2>/dev/null
find /dev -type l 2>/dev/null | while read -r link; do leads "$link"; done
text D ${declarationsFile}
echo E
`

/** @throws ShoalError DEVICES_UNREADABLE for what the script did not print to its end */
export function readDump(output: string, place: string): Dump {
  const folders = new Map<string, Set<string>>()
  const texts = new Map<string, string>()
  const targets = new Map<string, string>()
  const nodes = new Map<string, DeviceNumbers>()
  let declarations: string | undefined
  let isWhole = false
  for (const line of output.split('\n')) {
    const [kind, subject = '', value = '', more = ''] = line.split('\t')
    if (kind === 'L') folders.set(subject, (folders.get(subject) ?? new Set()).add(value))
    else if (kind === 'R') texts.set(subject, decodeOctal(value).trim())
    else if (kind === 'P') targets.set(subject, value)
    else if (kind === 'N')
      nodes.set(subject, { major: Number.parseInt(value, 16), minor: Number.parseInt(more, 16) })
    else if (kind === 'D') declarations = decodeOctal(value)
    else if (kind === 'E') isWhole = true
  }
  if (!isWhole) throw unreadable(place)
  const resolve = (path: string): string | undefined =>
    targets.get(path) ?? (nodes.has(path) || folders.has(path) || texts.has(path) ? path : undefined)
  return {
    declarations,
    view: {
      list: async (folder) => [...(folders.get(folder) ?? [])].sort(),
      read: async (file) => texts.get(file),
      resolve: async (path) => resolve(path),
      numbers: async (path) => nodes.get(resolve(path) ?? path),
    },
  }
}

function decodeOctal(text: string): string {
  const bytes = text.split(' ').flatMap((each) => (each === '' ? [] : [Number.parseInt(each, 8)]))
  return Buffer.from(bytes).toString('utf8')
}

function unreadable(place: string): ShoalError {
  return new ShoalError('DEVICES_UNREADABLE', {
    action: 'read',
    object: 'the devices of a node',
    place,
    reason: 'the look at its kernel broke off',
    nextStep: 'try again; it needs sh, od, stat and find there',
  })
}
