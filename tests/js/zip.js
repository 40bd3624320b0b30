// Archives that the browser makes of folders.

import { crc32, zipped } from "/web/pictures/zip.js";
import { equal } from "./expect.js";

export function a_check_sum_is_that_of_the_standard() {
  equal(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
}

export async function an_archive_has_a_head_for_each_file_a_directory_and_an_end() {
  const files = [{ path: "猫/1.png", bytes: Uint8Array.of(1, 2, 3) }, { path: "dogs/1.png", bytes: Uint8Array.of(4) }];
  const bytes = new Uint8Array(await zipped(files).arrayBuffer());
  const view = new DataView(bytes.buffer);
  equal(view.getUint32(0, true), 0x04034b50);
  const end = bytes.length - 22;
  equal([view.getUint32(end, true), view.getUint16(end + 10, true)], [0x06054b50, 2]);
  const directory = view.getUint32(end + 16, true);
  equal([view.getUint32(directory, true), view.getUint32(directory + 16, true)], [0x02014b50, crc32(files[0].bytes)]);
}
