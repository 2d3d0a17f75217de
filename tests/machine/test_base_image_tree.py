"""How machine/base_image works in folders that others share; the packages themselves are stubs."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.commands import REPOSITORY, Commands, is_debian, is_root

pytestmark = pytest.mark.skipif(not (is_debian() and is_root()), reason="needs Debian and root")
BASE_IMAGE = REPOSITORY / "machine" / "base_image"
NOBODY = 65534
LINKED = "bash cat cp dirname find flock grep id ln mkdir mktemp rm sed sh stat".split()
DEBOOTSTRAP = """
mkdir -p "$3/etc/dpkg/dpkg.cfg.d" "$3/etc/apt" "$3/usr/share/doc" "$3/usr/local/bin"
"""
APT = '[ "$1" = indextargets ] && echo http://mirror.example/debian'


class Machine:
    """A Debian machine whose packages are stubs, and a folder for TMPDIR as /tmp is one."""

    def __init__(self, folder: Path) -> None:
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.temporary.chmod(0o1777)
        self.commands = Commands(folder)
        self.commands.link(*LINKED)
        self.commands.stub("docker", '[ "$1" != image ]')
        self.commands.stub("apt-get", APT)
        self.commands.stub("apt-config")
        self.commands.stub("debootstrap", DEBOOTSTRAP)
        self.commands.stub("chroot", 'echo "TMPDIR is ${TMPDIR-unset}" >&2')
        self.commands.stub("python3", "echo 0")
        self.commands.stub("mountpoint")  # says that everything is a mount
        self.commands.stub("umount")
        self.commands.stub("tar", 'stat -c "%a %n" "$2"/etc/apt/* "$2"/etc/ssl/certs >&2')

    def run(self, script: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
        """Run it, after some lines of sh."""
        words = ["sh", "-euc", f'{script}\nexec "$0" 3.11', str(BASE_IMAGE)]
        words[0] = str(self.commands.folder / "sh")
        return self.commands.run(*words, **{"TMPDIR": str(self.temporary), **environ})

    def unmounted(self) -> list[str]:
        return [call for call in self.commands.called() if call.startswith("umount")]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_what_runs_in_the_tree_is_told_of_no_temporary_folder_of_the_machine(
    machine: Machine,
) -> None:
    ran = machine.run()
    assert ran.returncode == 0, ran.stderr
    (call,) = [call for call in machine.commands.called() if call.startswith("debootstrap")]
    assert str(machine.temporary) in call
    assert set(re.findall("TMPDIR is (.*)", ran.stderr)) == {"unset"}
    assert list(machine.temporary.iterdir()) == []


def test_a_private_umask_leaves_the_files_of_the_image_open(machine: Machine) -> None:
    ran = machine.run("umask 077")
    assert ran.returncode == 0, ran.stderr
    modes = dict(
        reversed(line.split(" ", 1)) for line in re.findall("^[67].. /.*", ran.stderr, re.M)
    )
    assert {Path(name).name: mode for name, mode in modes.items()} == {
        "sources.list": "644",
        "certs": "755",
    }


def test_a_leftover_of_another_user_is_left_alone(machine: Machine, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    (victim / "proc").mkdir(parents=True)
    theirs = machine.temporary / "base_image.theirs"
    theirs.mkdir()
    (theirs / "root").symlink_to(victim)
    os.chown(theirs, NOBODY, NOBODY)
    assert machine.run().returncode == 0
    assert (theirs / "root").is_symlink()
    assert not any("theirs" in call for call in machine.unmounted())


def test_a_link_in_place_of_a_leftover_is_not_followed(machine: Machine, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    (victim / "root" / "proc").mkdir(parents=True)
    (machine.temporary / "base_image.linked").symlink_to(victim)
    assert machine.run().returncode == 0
    assert (victim / "root" / "proc").is_dir()
    assert not any("linked" in call for call in machine.unmounted())


def test_a_leftover_of_its_own_is_unmounted_and_removed(machine: Machine) -> None:
    own = machine.temporary / "base_image.killed"
    own.mkdir()
    assert machine.run().returncode == 0
    assert f"umount -l {own}/root/proc" in machine.unmounted()
    assert not own.exists()


@pytest.mark.parametrize(("owner", "mode"), [(0, 0o777), (NOBODY, 0o755), (NOBODY, 0o1777)])
@pytest.mark.parametrize("below", ["", "folder/of-root"])
def test_a_temporary_folder_that_another_user_can_change_is_refused(
    owner: int, mode: int, below: str, machine: Machine
) -> None:
    folder = machine.temporary / below
    folder.mkdir(parents=True, exist_ok=True)
    machine.temporary.chmod(mode)
    os.chown(machine.temporary, owner, -1)
    refused = machine.run(TMPDIR=str(folder))
    assert refused.returncode == 1
    assert f"TMPDIR={folder} is not safe for root" in refused.stderr
    assert str(machine.temporary) + ". Unset" in refused.stderr
    assert list(folder.glob("base_image.*")) == []


def test_a_temporary_folder_that_is_not_there_is_named(machine: Machine) -> None:
    refused = machine.run(TMPDIR="/no/such folder")
    assert refused.returncode == 1
    assert "TMPDIR=/no/such folder is no folder" in refused.stderr


def test_the_lock_is_where_root_alone_can_put_a_file() -> None:
    (lock,) = re.findall("^readonly LOCK=(.*)$", BASE_IMAGE.read_text(), re.M)
    folder = Path(lock).parent.stat()
    assert folder.st_uid == 0
    assert folder.st_mode & 0o022 == 0


def test_an_exported_cdpath_leads_nowhere_else(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "machine").mkdir(parents=True)
    script = f'cd "{REPOSITORY}"; set -- machine/base_image; exec "$1" 3.11'
    ran = machine.run(script, CDPATH=str(tmp_path / "elsewhere"))
    assert ran.returncode == 0, ran.stderr
    (call,) = [call for call in machine.commands.called() if call.startswith("python3")]
    assert call.startswith(f"python3 {REPOSITORY}/machine/host_certificates.py ")
