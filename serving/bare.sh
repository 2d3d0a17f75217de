#!/bin/sh
# Takes out of an image what serving a model does not need and an intruder could use: the last step of a Dockerfile, as
# root. What it deletes needs no room in the image's layers. It deletes itself too.
set -eu

# pip, and what it installs with: of Debian's Python and of the official image's, and the copies to make more of them.
for name in pip setuptools wheel pkg_resources _distutils_hack distutils-precedence.pth; do
  rm -rf /usr/local/lib/python3*/site-packages/"$name" /usr/local/lib/python3*/site-packages/"$name"-* \
    /usr/lib/python3/dist-packages/"$name" /usr/lib/python3/dist-packages/"$name"-*
done
rm -rf /usr/local/lib/python3*/ensurepip /usr/lib/python3*/ensurepip /usr/share/python-wheels
rm -f /usr/local/bin/pip* /usr/local/bin/wheel /usr/bin/pip* /usr/bin/wheel

# What apt and pip keep.
rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old ~root/.cache

# What machine/base_image lets the build trust: the certificates of one machine's network.
if ls /usr/local/share/ca-certificates/host-*.crt >/dev/null 2>&1; then
  rm /usr/local/share/ca-certificates/host-*.crt
  update-ca-certificates
  find /etc/ssl/certs -xtype l -delete
fi

# Programs that run with another user's or group's rights, such as su.
find / -xdev -type f -perm /6000 -print -delete

rm "$0"
