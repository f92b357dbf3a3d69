// Uploads: a picture on its way to Limner, whichever way somebody chose it.

export const KINDS = "image/png,image/jpeg,image/webp,image/gif";

/** Send a file; gives `{id, name}`, or `{problem}` with a sentence. */
export async function upload(file, person) {
  const name = file.name || "pasted picture";
  try {
    const query = new URLSearchParams({ as: person, name });
    const response = await fetch(`/uploads?${query}`, { method: "POST", body: file });
    return await response.json();
  } catch {
    return { problem: `${name} could not be sent; check the connection and attach it again.` };
  }
}
