// What the file system answers when it refuses to write, in words for the user.
import { ShoalError } from '../model/errors.ts'

/** A failed system call as ShoalError FILE_UNWRITABLE; any other error as it is. */
export function asUnwritable(error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error
  return new ShoalError('FILE_UNWRITABLE', {
    action: 'write',
    object: 'path' in error ? String(error.path) : 'the image store',
    reason: error.message,
    nextStep: 'name another folder with --store or SHOAL_IMAGES',
    cause: error,
  })
}
