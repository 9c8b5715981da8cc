/** The files of a folder that was dropped, by their paths in it. */
export async function filesOfEntry(folder: FileSystemDirectoryEntry): Promise<Map<string, Blob>> {
  const found = new Map<string, Blob>()
  const visit = async (directory: FileSystemDirectoryEntry, path: string): Promise<void> => {
    const reader = directory.createReader()
    // A reader gives some of the entries each time, and none at the end.
    for (;;) {
      const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      )
      if (entries.length === 0) return
      for (const entry of entries) {
        const own = `${path}${entry.name}`
        if (entry.isDirectory) await visit(entry as FileSystemDirectoryEntry, `${own}/`)
        else
          found.set(
            own,
            await new Promise<File>((resolve, reject) =>
              (entry as FileSystemFileEntry).file(resolve, reject),
            ),
          )
      }
    }
  }
  await visit(folder, '')
  return found
}
