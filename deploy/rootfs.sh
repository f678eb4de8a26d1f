#!/bin/sh
# A folder with the program and the libraries it names, for deploy/Containerfile.
#   deploy/rootfs.sh PROGRAM FOLDER
set -eu
program=$1
root=$2
mkdir -p "$root/data" "$root/tmp"
chmod 1777 "$root/tmp"
cp "$program" "$root/miradouro"
# A program that is linked statically names none.
for library in $(ldd "$program" 2>/dev/null | grep -o '/[^ )]*' || true); do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
done
printf 'miradouro:x:65532:65532::/data:/nowhere\n' > "$root/passwd"
mkdir -p "$root/etc"
mv "$root/passwd" "$root/etc/passwd"
# The volume begins with the owner and the mode of this folder.
chmod 700 "$root/data"
if [ "$(id -u)" = 0 ]; then chown 65532:65532 "$root/data"; fi
