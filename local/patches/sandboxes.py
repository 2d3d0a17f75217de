"""Lambda: the containers that functions run in, which AWS calls execution environments."""

import os
from contextvars import ContextVar
from typing import Any

from docker.types import Mount
from ministack.core.responses import get_account_id
from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

from local.containers import FUNCTION as FUNCTION_LABEL
from local.containers import LABEL
from local.state import State

Data = dict[str, Any]
FUNCTION = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
EMULATOR = "/usr/local/bin/aws-lambda-rie"
MIB_OF_ONE_CPU = 1769
_function: ContextVar[Data] = ContextVar("_function")


def limits(state: State) -> None:
    """A function has the memory, the share of the CPUs and the rights that Lambda gives it.

    1,769 MB of memory come with one vCPU; the file system is read-only but for /tmp; there is no
    /dev/shm; at most 1,024 processes and threads.
    Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    and https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
    """
    spawn, own_labels = lambda_svc._spawn_lambda_container, lambda_svc.container_reaper.own_labels

    def spawn_container(config: Data, *arguments: Any, **options: Any) -> Any:
        token = _function.set(config)
        try:
            return spawn(config, *arguments, **options)
        finally:
            _function.reset(token)

    def options_of_container(flags: str) -> Data:
        name = _function.get()["FunctionName"]
        labels = {**own_labels("lambda"), LABEL: str(state.folder), FUNCTION_LABEL: name}
        emulator = Mount(EMULATOR, os.environ["LOCAL_AWS_RIE"], type="bind", read_only=True)
        return {**_limits(_function.get()), "labels": labels, "mounts": [emulator]}

    # ministack merges these into what it starts a container with, when it has any flags at all.
    lambda_svc.LAMBDA_DOCKER_FLAGS = "--read-only"
    lambda_svc._parse_docker_flags = options_of_container
    lambda_svc._spawn_lambda_container = spawn_container


def starting() -> Data:
    """The configuration of the function that a container is started for."""
    return _function.get()


def _limits(config: Data) -> Data:
    memory_mib = int(config.get("MemorySize", 128))
    cpus = min(memory_mib / MIB_OF_ONE_CPU, os.cpu_count() or 1)
    tmp_mib = config.get("EphemeralStorage", {}).get("Size", 512)
    return {
        "mem_limit": f"{memory_mib}m",
        "memswap_limit": f"{memory_mib}m",
        "nano_cpus": int(cpus * 1e9),
        "pids_limit": 1024,
        "user": "993:990",
        "read_only": True,
        "tmpfs": {"/tmp": f"rw,exec,nosuid,nodev,mode=1777,size={tmp_mib}m"},
        "ipc_mode": "none",
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
    }


def one_version_each(state: State) -> None:
    """An execution environment belongs to one version of a function.

    A version's environment variables and memory are its own, even where its image is another's.
    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
    """
    pool_key = lambda_svc._warm_pool_key

    def key(function_name: str, config: Data) -> str:
        image = pool_key(function_name, config)
        return f"{image}:{config.get('Version')}:{config.get('RevisionId')}"

    lambda_svc._warm_pool_key = key


def graceful_retirement(state: State) -> None:
    """An update answers the requests that are under way before their containers go.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
    """
    release = lambda_svc._pool_release

    def retire_function(account: str, name: str) -> None:
        with lambda_svc._warm_pool_lock:
            keys = [
                key for key in lambda_svc._warm_pool if key.split(":")[0:3:2] == [account, name]
            ]
            entries = [entry for key in keys for entry in lambda_svc._warm_pool.pop(key)]
        for entry in entries:
            entry["retired"] = entry["in_use"]
            if not entry["in_use"]:
                lambda_svc._kill_pool_entry(entry)

    def release_entry(entry: Data) -> None:
        release(entry)
        if entry.get("retired"):
            lambda_svc._kill_pool_entry(entry)

    def kill(entry: Data) -> None:
        entry["container"].remove(force=True, v=True)

    lambda_svc._pool_kill_function, lambda_svc._pool_release = retire_function, release_entry
    lambda_svc._kill_pool_entry = kill


def deleted_functions(state: State) -> None:
    """Nothing of a function runs once its stack is deleted, or once a version of it is.

    Source: https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html
    """
    for resource_type in ("AWS::Lambda::Function", "AWS::Lambda::Version"):
        handlers = provisioners._RESOURCE_HANDLERS[resource_type]
        handlers["delete"] = _retiring(handlers["delete"])


def _retiring(delete: Any) -> Any:
    def delete_resource(physical_id: str, props: Data) -> None:
        delete(physical_id, props)
        name = physical_id.split(":")[6] if physical_id.startswith("arn:") else physical_id
        lambda_svc._pool_kill_function(get_account_id(), name)

    return delete_resource
