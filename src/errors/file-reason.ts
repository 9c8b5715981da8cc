const REASONS: Record<string, string> = {
  ENOENT: 'no such file or folder',
  EEXIST: 'exists already',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'a folder, not a file',
  ENOTDIR: 'a part of its path is not a folder',
  ENOSPC: 'no space left on the disk',
  EROFS: 'the file system is read-only',
  ELOOP: 'too many symbolic links',
}

/** The words for a code of the file system, where there are some. */
export function fileReason(code: string): string | undefined {
  return Object.hasOwn(REASONS, code) ? REASONS[code] : undefined
}
