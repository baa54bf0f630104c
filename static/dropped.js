// The files of a drop, and of the folders in it: [{file, folder}].

export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const read = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));
  const children = async (folder) => {
    const reader = folder.createReader();
    const all = [];
    for (;;) {
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!some.length) return all;
      all.push(...some);
    }
  };
  const found = [];
  for (const entry of entries) {
    if (entry.isFile) found.push({ file: await read(entry), folder: "" });
    else
      for (const child of await children(entry))
        if (child.isFile) found.push({ file: await read(child), folder: entry.name });
  }
  return entries.length ? found : [...transfer.files].map((file) => ({ file, folder: "" }));
}
