// IP addresses in text form.

/** Whether the text is an IPv4 address, or an IPv6 address without brackets or zone. */
export function isIpAddress(text: string): boolean {
  if (text.includes(':')) return /^[0-9A-Fa-f:.]+$/.test(text) && URL.canParse(`http://[${text}]/`)
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255)
}
