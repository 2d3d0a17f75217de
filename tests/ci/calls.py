"""The calls of AWS that the pipeline makes, read from its code, and the actions that IAM checks."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import botocore.session
from botocore import xform_name

from tests.ci.actions import is_known
from tests.model_directory import REPOSITORY

Call = tuple[str, str]  # a service and an operation, as the CLI spells them

# The CLI's own operations, and those whose action has another name.
# Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html (Permissions),
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html,
# https://github.com/aws/aws-cli/blob/develop/awscli/customizations/cloudformation/deployer.py,
# https://github.com/aws/aws-cli/blob/develop/awscli/customizations/ecr.py
ACTIONS_OF = {
    ("cloudformation", "deploy"): [
        "cloudformation:CreateChangeSet",
        "cloudformation:DescribeChangeSet",
        "cloudformation:DescribeStacks",
        "cloudformation:ExecuteChangeSet",
        "cloudformation:GetTemplateSummary",
    ],
    # The version that is asked before it is live.
    ("lambda", "invoke"): ["lambda:InvokeFunction"],
    # The path of a key: what CloudFormation reads too, in tests/ci/handlers.py.
    ("apigateway", "get-api-key"): [],
    # It needs no permission: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    ("sts", "get-caller-identity"): [],
    # What the CLI itself has, on this machine.
    ("configure", "export-credentials"): [],
    ("configure", "get"): [],
    ("ecr", "get-login-password"): ["ecr:GetAuthorizationToken"],
    ("s3", "cp"): ["s3:GetObject", "s3:PutObject"],
    ("s3api", "head-object"): ["s3:GetObject"],
    ("s3api", "list-objects-v2"): ["s3:ListBucket"],
    ("s3api", "list-object-versions"): ["s3:ListBucketVersions"],
    ("s3api", "delete-objects"): ["s3:DeleteObject", "s3:DeleteObjectVersion"],
}
# Made by -x, or when the first creation of a stack has failed.
DELETING = {
    ("cloudformation", "delete-stack"),
    ("s3api", "delete-objects"),
    ("s3api", "list-object-versions"),
}
# Made by -c alone: a person's, not CI's.
CHECKING = {
    ("cloudformation", "describe-stack-drift-detection-status"),
    ("cloudformation", "describe-stack-resource-drifts"),
    ("cloudformation", "detect-stack-drift"),
    ("ecr", "get-repository-policy"),
    ("lambda", "get-function-configuration"),
}
# What `docker push` and `docker pull` ask the registry for.
# Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
DOCKER_PULL = {"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
DOCKER_PUSH = {
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
}
SHELL_CALL = re.compile(r"(?<![\w/.-])aws +([a-z0-9-]+) +([a-z0-9-]+)")
CLIENT = "pipeline.cloud.aws"


def files() -> Iterator[Path]:
    """What runs on a deployer's machine."""
    yield REPOSITORY / "pipeline.sh"
    for folder in ("pipeline", "machine"):
        paths = (REPOSITORY / folder).rglob("*")
        yield from (path for path in paths if path.is_file() and path.suffix in ("", ".py"))


def calls() -> set[Call]:
    """Every call that is written somewhere in the code."""
    return {call for path in files() for call in calls_in(path.read_text(), path.suffix == ".py")}


def calls_in(text: str, is_python: bool) -> Iterator[Call]:
    """The calls in a text: words that follow each other in Python's calls and tuples."""
    if not is_python:
        code = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
        yield from (pair for line in code for pair in SHELL_CALL.findall(line) if is_call(pair))
        return
    for node in ast.walk(ast.parse(text)):
        words = _leading_words(node)
        if is_call(words[:2]):
            yield words[0], words[1]


def _leading_words(node: ast.AST) -> tuple[str, ...]:
    found: list[str] = []
    for part in _parts(node):
        if not (isinstance(part, ast.Constant) and isinstance(part.value, str)):
            break
        found.append(part.value)
    return tuple(found[1:] if found[:1] == ["aws"] else found)


def _parts(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Call):
        return node.args
    return node.elts if isinstance(node, ast.Tuple | ast.List) else []


def is_call(words: tuple[str, ...]) -> bool:
    """Whether two words are a service and an operation of the AWS CLI."""
    return len(words) == 2 and (words in ACTIONS_OF or words[1] in _operations(words[0]))


def unread(text: str) -> Iterator[str]:
    """Calls whose words cannot be read: neither written out, nor a tuple of the same function."""
    tree = ast.parse(text)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    callers = _imported(tree) | {one.name for one in functions if one.args.vararg}
    for function in functions if _imported(tree) else []:
        for node in ast.walk(function):
            is_call_of = isinstance(node, ast.Call) and getattr(node.func, "id", "") in callers
            if is_call_of and not _is_read(node, _readable(function)):
                yield ast.unparse(node)


def _imported(tree: ast.AST) -> set[str]:
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    names = {one.name for node in imports if node.module == CLIENT for one in node.names}
    return names & {"ask", "tell"}


def _readable(function: ast.FunctionDef) -> set[str]:
    """Names of tuples of a function, and of what its callers give it, where they are read."""
    given = {one.arg for one in (*function.args.args, function.args.vararg) if one}
    return given | {
        target.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _is_read(node: ast.AST, names: set[str]) -> bool:
    first = _parts(node)[0]
    if isinstance(first, ast.Starred):
        return isinstance(first.value, ast.Name) and first.value.id in names
    return is_call(_leading_words(node)[:2])


def actions_of(call: Call) -> list[str]:
    """The actions that IAM checks when the CLI makes a call."""
    if call in ACTIONS_OF:
        return ACTIONS_OF[call]
    action = f"{_service(call[0])}:{_operations(call[0])[call[1]]}"
    assert is_known(action), f"{call}: IAM has no {action}: say in ACTIONS_OF what it checks"
    return [action]


def _service(name: str) -> str:
    return "s3" if name == "s3api" else name


@cache
def _operations(name: str) -> dict[str, str]:
    session = botocore.session.get_session()
    if name == "s3" or _service(name) not in session.get_available_services():
        return {}
    names = session.get_service_model(_service(name)).operation_names
    return {xform_name(one, "-"): one for one in names}
