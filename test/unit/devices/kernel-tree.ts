// A tree of files as the kernel lays them out: real files and links in a folder, since char devices need root they are made with mknod.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export class KernelTree {
  readonly root = mkdtempSync(join(tmpdir(), 'shoal-kernel-'))

  file(path: string, text = ''): this {
    this.#parent(path)
    writeFileSync(join(this.root, path), text)
    return this
  }

  /** The target as the kernel writes it, relative to the link. */
  link(path: string, target: string): this {
    this.#parent(path)
    symlinkSync(target, join(this.root, path))
    return this
  }

  folder(path: string): this {
    mkdirSync(join(this.root, path), { recursive: true })
    return this
  }

  node(path: string, major: number, minor: number): this {
    this.#parent(path)
    execFileSync('mknod', [join(this.root, path), 'c', String(major), String(minor)])
    return this
  }

  #parent(path: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true })
  }
}

/** Of a board with a DHT11, an ADC, a GPIO chip with named lines, a PWM chip, a camera and a thermometer. */
export function raspberryTree(): KernelTree {
  return new KernelTree()
    .file('/sys/devices/platform/dht11@4/iio:device0/name', 'dht11@4\n')
    .file('/sys/devices/platform/dht11@4/iio:device0/in_humidityrelative_input', '41000\n')
    .file('/sys/devices/platform/dht11@4/iio:device0/in_temp_input', '21000\n')
    .link('/sys/bus/iio/devices/iio:device0', '../../../devices/platform/dht11@4/iio:device0')
    .file('/sys/devices/platform/soc/i2c-1/1-0048/iio:device1/name', 'ads1015\n')
    .file('/sys/devices/platform/soc/i2c-1/1-0048/iio:device1/in_voltage0_raw', '12\n')
    .link('/sys/bus/iio/devices/iio:device1', '../../../devices/platform/soc/i2c-1/1-0048/iio:device1')
    .file('/sys/devices/platform/soc/fe200000.gpio/gpiochip0/uevent', '')
    .file('/sys/devices/platform/soc/fe200000.gpio/of_node/gpio-line-names', 'ID_SDA\0ID_SCL\0GPIO2\0')
    .link('/sys/bus/gpio/devices/gpiochip0', '../../../devices/platform/soc/fe200000.gpio/gpiochip0')
    .file('/sys/devices/platform/soc/fe200000.gpio/gpio/gpiochip512/label', 'pinctrl-bcm2711\n')
    .link('/sys/devices/platform/soc/fe200000.gpio/gpio/gpiochip512/device', '../../../fe200000.gpio')
    .link('/sys/class/gpio/gpiochip512', '../../devices/platform/soc/fe200000.gpio/gpio/gpiochip512')
    .node('/dev/gpiochip0', 254, 0)
    .file('/sys/devices/platform/soc/fe20c000.pwm/pwm/pwmchip0/npwm', '2\n')
    .file('/sys/devices/platform/soc/fe20c000.pwm/pwm/pwmchip0/pwm0/period', '0\n')
    .link('/sys/devices/platform/soc/fe20c000.pwm/pwm/pwmchip0/device', '../../../fe20c000.pwm')
    .link('/sys/class/pwm/pwmchip0', '../../devices/platform/soc/fe20c000.pwm/pwm/pwmchip0')
    .file('/sys/devices/usb1/1-1/1-1:1.0/video4linux/video0/name', 'HD Webcam\n')
    .file('/sys/devices/usb1/1-1/1-1:1.0/video4linux/video0/index', '0\n')
    .link('/sys/class/video4linux/video0', '../../devices/usb1/1-1/1-1:1.0/video4linux/video0')
    .file('/sys/devices/usb1/1-1/1-1:1.0/video4linux/video1/index', '1\n')
    .link('/sys/class/video4linux/video1', '../../devices/usb1/1-1/1-1:1.0/video4linux/video1')
    .node('/dev/video0', 81, 0)
    .node('/dev/video1', 81, 1)
    .link('/dev/v4l/by-id/usb-046d_HD_Webcam-video-index0', '../../video0')
    .file('/sys/devices/w1_bus_master1/28-00000abcdef0/name', '28-00000abcdef0\n')
    .link('/sys/bus/w1/devices/28-00000abcdef0', '../../../devices/w1_bus_master1/28-00000abcdef0')
}
