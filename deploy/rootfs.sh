#!/bin/sh
# A folder with the program and the libraries it names, for deploy/Containerfile.
#   deploy/rootfs.sh PROGRAM FOLDER
set -eu
program=$1
root=$2/program
mkdir -p "$root/etc" "$2/owned/data/instruments" "$2/owned/tmp"
cp "$program" "$root/miradouro"
# A program that is linked statically names none.
for library in $(ldd "$program" 2>/dev/null | grep -o '/[^ )]*' || true); do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
done
printf 'miradouro:x:65532:65532::/data:/nowhere\n' > "$root/etc/passwd"
