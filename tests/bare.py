"""What no image may have that is deployed."""

import subprocess

# Prints the files of an image that only builds need or an intruder could use.
LISTING = r"""
find / -xdev -type f -perm /6000
find / -xdev \( -path /proc -o -path /sys \) -prune -o \( -name pip -o -name 'pip-*' \
    -o -name 'pip[0-9]*' -o -name setuptools -o -name 'setuptools-*' -o -name wheel \
    -o -name 'wheel-*' -o -name pkg_resources -o -name _distutils_hack -o -name ensurepip \
    -o -name '*.whl' -o -name distutils-precedence.pth -o -name bare.sh \) -print
find /var/lib/apt/lists /var/cache/apt ~root/.cache -type f 2> /dev/null
find / -xdev -path '*/bin/*' \( -name 'gcc*' -o -name 'g++*' -o -name 'c++*' -o -name cc \
    -o -name ld -o -name as -o -name make -o -name cmake \) -print -o -name 'cc1*' -print
find / -xdev -path '/usr/local/share/ca-certificates/*' -o -path '/etc/ssl/certs/host-*'
find /etc/ssl/certs -xtype l
find / -xdev -path '*/engines/*/build'
"""
# Prints how many certificates the image trusts, and how many Debian's package has.
CERTIFICATES = """
grep -c BEGIN /etc/ssl/certs/ca-certificates.crt
find /usr/share/ca-certificates -name '*.crt' -exec cat {} + | grep -c BEGIN
"""


def shell(image: str, script: str) -> list[str]:
    """The words that a shell script prints in a container of the image, run by root."""
    options = ("--rm", "--user", "0", "--entrypoint", "sh")
    command = ("docker", "run", *options, image, "-c", script)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    return done.stdout.split()


def check_bare(image: str) -> None:
    """Fail where an image has what only builds need, or the certificates of one machine."""
    assert shell(image, LISTING) == []
    trusted, debian = shell(image, CERTIFICATES)
    assert 0 < int(trusted) <= int(debian)
