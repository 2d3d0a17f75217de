"""A local AWS for tests: a folder and ports of its own."""

import json
import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
COMMAND = REPOSITORY / "local" / "aws"


class Instance:
    """A state folder with two free ports, and the commands that use them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.api_port, self.registry_port = free_ports(2)
        self.settings = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "LOCAL_AWS_STATE": str(folder),
            "LOCAL_AWS_PORT": str(self.api_port),
            "LOCAL_REGISTRY_PORT": str(self.registry_port),
        }

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def registry(self) -> str:
        return f"127.0.0.1:{self.registry_port}"

    def local_aws(self, command: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run local/aws from a folder that is not the repository."""
        environ = {**self.settings, **changes}
        return subprocess.run(
            [COMMAND, command], cwd="/", env=environ, capture_output=True, text=True
        )

    def start(self) -> None:
        started = self.local_aws("start")
        assert started.returncode == 0, started.stdout + started.stderr
        self.__dict__.pop("_known", None)  # a new folder has new credentials

    def environment(self) -> dict[str, str]:
        """What a shell has after eval "$(local/aws env)"."""
        exports = self.local_aws("env")
        assert exports.returncode == 0, exports.stderr
        shell = subprocess.run(
            ["bash", "-c", 'eval "$(cat)" && env -0'],
            input=exports.stdout,
            env=self.settings,
            capture_output=True,
            text=True,
            check=True,
        )
        return dict(pair.split("=", 1) for pair in shell.stdout.split("\0") if pair)

    def remove(self) -> None:
        """Stop it, and delete its folder and the images that were built for its registry."""
        filters = ("--filter", f"reference={self.registry}/*", "--filter", "dangling=false")
        listed = ["docker", "images", *filters, "--format", "{{.Repository}}:{{.Tag}}"]
        images = subprocess.run(listed, stdout=subprocess.PIPE, text=True, check=True).stdout
        self.local_aws("stop")
        images = " ".join(name for name in images.split() if not name.endswith(":<none>"))
        if images:
            # Whatever cannot be removed is in use elsewhere on this Docker, and stays.
            subprocess.run(["docker", "rmi", "--force", *images.split()], stdout=subprocess.DEVNULL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def aws(self, *arguments: str) -> Any:
        """Run the AWS CLI; its JSON, or its text where it prints none."""
        answer = self.try_aws(*arguments)
        assert answer.returncode == 0, answer.stderr
        return (
            json.loads(answer.stdout)
            if answer.stdout.startswith(("{", "[", '"'))
            else answer.stdout
        )

    def try_aws(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the AWS CLI, whether it succeeds or not."""
        command = ["aws", *arguments]
        return subprocess.run(command, env=self._environ(), capture_output=True, text=True)

    def authorization(self) -> dict[str, str]:
        """The header that the registry asks for, with the password that ECR gives out."""
        (data,) = self.aws("ecr", "get-authorization-token")["authorizationData"]
        return {"Authorization": f"Basic {data['authorizationToken']}"}

    def docker(self, *arguments: str) -> str:
        """Run Docker's client with the configuration of this local AWS; what it prints."""
        command = ["docker", *arguments]
        done = subprocess.run(command, env=self._environ(), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def _environ(self) -> dict[str, str]:
        if not hasattr(self, "_known"):
            self._known = self.environment()
        return self._known


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that were bound a moment ago, so that they are free."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
