"""pipeline.sh with stub commands, in a clone and with a model whose paths have a space in them."""

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import release

from tests.tools.commands import Commands

REPOSITORY = Path(__file__).parents[2]
DIGEST = "sha256:" + "a" * 64
RELEASE = "20260131T120000Z-0123456789abcdef"
MISSING = "echo 'ValidationError: Stack with id x does not exist' >&2; exit 254"
REGISTRY = (
    "printf 'RepositoryUri\\thost/my-model-dev\\nRepositoryName\\tmy-model-dev\\nBucketName\\tb\\n'"
)
API = f"printf 'ApiUrl\\thttps://api/dev/predict\\nFunctionName\\tmy-model-dev\\nRelease\\t{RELEASE}\\n'"
IMAGE = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
PREFIXES = ("p", "sam_templates/my-model-lambda")
KEYS = "\\t".join(f"{prefix}/releases/{RELEASE}.json" for prefix in PREFIXES)
NO_IMAGE = "echo 'An error occurred (ImageNotFoundException)' >&2; exit 254"
# What `aws` answers to a call that has these words in it; the first that fits.
LIVE = {
    "configure get region": "echo eu-west-1",
    "get-caller-identity": "true",
    "StackStatus": "echo CREATE_COMPLETE",
    "describe-stacks*my-model-registry": REGISTRY,
    "describe-stacks*my-model-lambda": API,
    "batch-delete-image": "true",
    "describe-images": f"printf '{DIGEST}\\t{IMAGE}\\n'",
    "list-objects-v2": f"printf '{KEYS}'",
    "get-function": f"echo host/my-model-dev@{DIGEST}",
    "list-images": 'echo \'{"imageIds": [{"imageDigest": "d", "imageTag": "t"}]}\'',
    "list-object-versions": "echo '{}'",
}


class Clone:
    """A copy of the pipeline with a model beside it, and a PATH of stubs."""

    def __init__(self, folder: Path) -> None:
        self.commands = Commands(folder)
        self.commands.link("bash", "sh", "dirname", "awk", "sed", "sort", "tail", "tr")
        self.commands.link("mktemp", "mkdir", "find", "rm", "cp", "cat", "grep")
        python = self.commands.folder / "python3"
        python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
        python.chmod(0o755)
        self.root = folder / "my clone"
        self.root.mkdir()
        for name in ("tools", "steps", "serving"):
            shutil.copytree(REPOSITORY / name, self.root / name)
        for name in ("pipeline.sh", "registry.yaml", "template.yaml"):
            shutil.copy(REPOSITORY / name, self.root)
        self.model = folder / "my model"
        (self.model / "app").mkdir(parents=True)
        (self.model / "Dockerfile").write_text("FROM scratch\n")
        (self.model / "example.json").write_text('{"request": {"x": 1}, "answer": {"y": 2}}')
        (self.model / "model.env").write_text("MEMORY_SIZE=512\n")
        self._write_record(folder / "record.json")

    def _write_record(self, path: Path) -> None:
        settings = {"PROJECT": "my-model", "MEMORY_SIZE": "512"}
        example = self.model / "example.json"
        record = release.record(DIGEST, "", "Dockerfile", example, settings)
        record["release"] = RELEASE
        path.write_text(json.dumps(record))
        self.download = f'for to; do :; done; cp {shlex.quote(str(path))} "$to"'

    def answer(self, answers: Mapping[str, str]) -> None:
        """Sets what the stub of the AWS CLI says."""
        rules = {**answers, "s3 cp --only-show-errors s3:": self.download}
        cases = "".join(f"*{shlex.quote(words)}*) {then} ;;\n" for words, then in rules.items())
        cases = cases.replace("*my-model-", "'*'my-model-")
        self.commands.stub("aws", f'case "$*" in\n{cases}esac')

    def run(self, *flags: str, stdin: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
        """Runs the pipeline from the folder that holds the clone and the model."""
        return subprocess.run(
            ["bash", "my clone/pipeline.sh", *flags],
            cwd=self.root.parent,
            env={"PATH": str(self.commands.folder), **environ},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def calls(self, *words: str) -> list[str]:
        """The calls of stubs that have all these words in them."""
        return [call for call in self.commands.called() if all(word in call for word in words)]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    clone = Clone(tmp_path)
    clone.answer(LIVE)
    return clone


def test_help_goes_to_stdout(clone: Clone) -> None:
    result = clone.run("-h")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("Usage: bash pipeline.sh")


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        ("-r", "give the stage"),
        ("-s test -r", "not 'test'"),
        ("-s", "-s needs a value"),
        ("-s dev", "nothing to do"),
        ("-s dev -z", "unknown flag -z"),
        ("-s dev -x -r", "-x goes with no other step"),
        ("-s dev -t -i R", "-i goes with -d"),
        (f"-s dev -p -d -i {RELEASE}", "leave -p out"),
        ("-s dev -p one two", "more than one model directory"),
        ("-s dev -d -f Dockerfile", "-f and -w go with -p"),
        ("-s dev -d -i latest", "a release is named as in"),
        ("-b", "-b goes with -p and the model directory"),
        ("-b -s test -p", "not 'test'"),
        ("-b -p -r", "-b goes with -p, -f and -w only"),
        ("-l -s dev -b -p -d", "leave -r, -d, -t and -x out"),
        ("-b -x", "leave -r, -d, -t and -x out"),
    ],
)
def test_bad_usage_is_explained_and_does_nothing(clone: Clone, flags: str, complaint: str) -> None:
    result = clone.run(*flags.split())
    assert result.returncode == 2
    assert complaint in result.stderr and "Usage:" in result.stderr
    assert not clone.commands.called()


def test_the_steps_run_in_their_order_whatever_the_order_of_the_flags(clone: Clone) -> None:
    result = clone.run("-t", "-d", "-p", "my model", "-r", "-s", "dev")
    headings = [line for line in result.stderr.splitlines() if line.startswith("== ")]
    firsts = [heading.split()[1].rstrip(":") for heading in headings]
    assert firsts == ["Registry", "Push", "Deploy", "Live", "Try"]


@pytest.mark.parametrize("directory", ["nowhere", "my clone"])
def test_what_is_no_model_directory_is_refused(clone: Clone, directory: str) -> None:
    result = clone.run("-s", "dev", "-p", directory)
    assert result.returncode == 1
    assert directory in result.stderr
    assert not clone.commands.called()


def test_without_a_directory_the_current_one_is_the_model(clone: Clone) -> None:
    for item in clone.model.iterdir():
        shutil.move(item, clone.root.parent / item.name)
    result = clone.run("-s", "dev", "-r", "-p", PROJECT="my-model")
    assert result.returncode == 0, result.stderr
    assert f"unchanged: {RELEASE} is the newest release" in result.stderr


def test_a_model_without_an_example_is_refused_before_aws_is_asked(clone: Clone) -> None:
    (clone.model / "example.json").unlink()
    result = clone.run("-s", "dev", "-r", "-p", "my model")
    assert result.returncode == 1
    assert "example.json" in result.stderr
    assert not clone.commands.called()


def test_a_setting_out_of_bounds_is_refused_before_aws_is_asked(clone: Clone) -> None:
    result = clone.run("-s", "dev", "-r", "-p", "my model", MEMORY_SIZE="64")
    assert result.returncode == 1
    assert "MEMORY_SIZE must be a whole number from 128 to 10240" in result.stderr
    assert not clone.commands.called()


def test_a_missing_aws_cli_is_named_with_the_way_to_install_it(clone: Clone) -> None:
    (clone.commands.folder / "aws").unlink()
    result = clone.run("-s", "dev", "-r", "my model")
    assert result.returncode == 1
    assert "aws is missing. Install the AWS CLI" in result.stderr


def test_a_missing_region_is_named_with_the_way_to_set_it(clone: Clone) -> None:
    clone.answer({"configure get region": "exit 1"})
    result = clone.run("-s", "dev", "-r", "my model")
    assert result.returncode == 1
    assert "export AWS_REGION=" in result.stderr


@pytest.mark.parametrize(
    ("message", "way_out"),
    [
        ("An error occurred (ExpiredToken)", "aws sso login --profile me"),
        ("Error loading SSO Token: Token has expired", "aws sso login --profile me"),
        ("Unable to locate credentials", "aws configure"),
        ("Could not connect to the endpoint URL", "Check the network"),
    ],
)
def test_credentials_that_fail_are_told_with_the_way_out(
    clone: Clone, message: str, way_out: str
) -> None:
    clone.answer({**LIVE, "get-caller-identity": f"echo {shlex.quote(message)} >&2; exit 253"})
    result = clone.run("-s", "dev", "-r", "my model", AWS_PROFILE="me")
    assert result.returncode == 1
    assert message in result.stderr and way_out in result.stderr
    assert not clone.calls("cloudformation deploy")


@pytest.mark.parametrize("step", ["-p", "-d", "-t"])
def test_a_step_before_the_registry_names_the_command_that_creates_it(
    clone: Clone, step: str
) -> None:
    clone.answer({"describe-stacks": MISSING, "configure get region": "echo eu-west-1"})
    result = clone.run("-s", "dev", step, "my model")
    assert result.returncode == 1
    assert "Create it: bash pipeline.sh -s dev -r my\\ model" in result.stderr


def test_a_deploy_before_any_push_names_the_command_that_pushes(clone: Clone) -> None:
    clone.answer({**LIVE, "list-objects-v2": "echo None"})
    result = clone.run("-s", "dev", "-d", "my model")
    assert result.returncode == 1
    assert "Push the model: bash pipeline.sh -s dev -p my\\ model" in result.stderr
    assert not clone.calls("cloudformation deploy")


def test_a_release_that_is_not_there_is_told_with_those_that_are(clone: Clone) -> None:
    clone.download = "echo 'An error occurred (404)' >&2; exit 1"
    clone.answer(LIVE)
    result = clone.run("-s", "dev", "-d", "-i", "20200101T000000Z-ab", "my model")
    assert result.returncode == 1
    assert RELEASE in result.stderr


def test_an_image_that_is_in_the_repository_is_not_built_again(clone: Clone) -> None:
    result = clone.run("-s", "dev", "-p", "my model")
    assert result.returncode == 0, result.stderr
    assert "unchanged: host/my-model-dev:" in result.stderr
    assert not clone.calls("docker")


def test_a_build_that_fails_pushes_and_records_nothing(clone: Clone) -> None:
    clone.commands.stub("docker", 'case "$*" in build*) exit 1 ;; esac')
    clone.answer({**LIVE, "describe-images": NO_IMAGE})
    result = clone.run("-s", "dev", "-p", "my model")
    assert result.returncode == 1
    assert "Nothing was pushed" in result.stderr
    assert clone.calls("docker build") and not clone.calls("docker push")
    assert not clone.calls("s3 cp")


def test_an_index_is_removed_from_the_repository_and_not_released(clone: Clone) -> None:
    clone.answer({**LIVE, "describe-images": f"printf 'd\\t{INDEX}\\n'"})
    result = clone.run("-s", "dev", "-p", "my model")
    assert result.returncode == 1
    assert "index" in result.stderr
    assert clone.calls("batch-delete-image") and not clone.calls("s3 cp")


def test_a_deploy_gives_the_image_by_digest_and_prints_only_the_url(clone: Clone) -> None:
    result = clone.run("-s", "dev", "-d", "my model")
    assert result.returncode == 0, result.stderr
    assert result.stdout == "https://api/dev/predict\n"
    (call,) = clone.calls("cloudformation deploy")
    assert f"ImageUri=host/my-model-dev@{DIGEST}" in call and "MemorySize=512" in call


def test_a_deploy_needs_only_the_exported_names(clone: Clone) -> None:
    result = clone.run(
        "-s",
        "dev",
        "-d",
        TEMPLATE_REGISTRY="my-model-registry",
        TEMPLATE_LAMBDA="my-model-lambda",
        PREFIX_LAMBDA="p",
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == "https://api/dev/predict\n"


def test_a_deploy_that_changed_nothing_is_an_error(clone: Clone) -> None:
    clone.answer({**LIVE, "get-function": "echo host/my-model-dev@sha256:other"})
    result = clone.run("-s", "dev", "-d", "my model")
    assert result.returncode == 1
    assert "the alias live of my-model-dev runs host/my-model-dev@sha256:other" in result.stderr


def test_a_failed_deploy_shows_the_stacks_events(clone: Clone) -> None:
    clone.answer(
        {
            **LIVE,
            "cloudformation deploy": "exit 255",
            "describe-stack-events": "echo Function because",
        }
    )
    result = clone.run("-s", "dev", "-d", "my model")
    assert result.returncode == 1
    assert "Function because" in result.stderr


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "CREATE_FAILED"])
def test_a_stack_that_was_never_created_is_cleared_away_first(clone: Clone, status: str) -> None:
    gone = clone.root / "gone"
    say_status = f"if [ -e {shlex.quote(str(gone))} ]; then {MISSING}; fi; echo {status}"
    delete = f": >{shlex.quote(str(gone))}"
    clone.answer({**LIVE, "StackStatus": say_status, "delete-stack": delete})
    result = clone.run("-s", "dev", "-r", "my model")
    assert result.returncode == 0, result.stderr
    (deleted,) = clone.calls("delete-stack")
    (deployed,) = clone.calls("cloudformation deploy")
    called = clone.commands.called()
    assert called.index(deleted) < called.index(deployed)


@pytest.mark.parametrize("answer", ["", "n\n", "no\n"])
def test_nothing_is_deleted_without_a_yes(clone: Clone, answer: str) -> None:
    result = clone.run("-s", "dev", "-x", "my model", stdin=answer)
    assert result.returncode == 1
    assert "nothing was deleted" in result.stderr
    assert not clone.calls("delete")


def gone_after_deletion(clone: Clone) -> dict[str, str]:
    """Answers of stacks that are there until they are deleted, each on its own."""
    marks = shlex.quote(str(clone.root / "gone-"))
    find = "for word; do case $word in my-model-*) name=$word ;; esac; done;"
    return {
        "delete-stack": f"{find} : >{marks}$name",
        "StackStatus": f"{find} if [ -e {marks}$name ]; then {MISSING}; fi; echo CREATE_COMPLETE",
    }


def test_data_is_kept_and_named_unless_yes_was_given(clone: Clone) -> None:
    clone.answer({**LIVE, **gone_after_deletion(clone)})
    result = clone.run("-s", "dev", "-x", "my model", stdin="y\n")
    assert result.returncode == 0, result.stderr
    assert "which holds 1 image." in result.stderr and "-x -y my\\ model" in result.stderr
    assert clone.calls("delete-stack", "my-model-lambda-dev")
    assert not clone.calls("delete-stack", "my-model-registry-dev")
    assert not clone.calls("batch-delete-image")


def test_with_yes_data_and_stacks_go(clone: Clone) -> None:
    clone.answer({**LIVE, **gone_after_deletion(clone)})
    result = clone.run("-s", "dev", "-x", "-y", "my model")
    assert result.returncode == 0, result.stderr
    assert clone.calls("batch-delete-image")
    assert len(clone.calls("delete-stack")) == 2


def test_deleting_what_is_not_there_is_no_error(clone: Clone) -> None:
    clone.answer({**LIVE, "describe-stacks": MISSING, "StackStatus": MISSING})
    result = clone.run("-s", "dev", "-x", "my model")
    assert result.returncode == 0
    assert "nothing to delete" in result.stderr


def test_two_models_of_the_same_content_never_share_a_tag(clone: Clone) -> None:
    images: set[str] = set()
    for project in ("my-model", "another"):
        names = {"PROJECT": project, "TEMPLATE_REGISTRY": "my-model-registry"}
        result = clone.run("-s", "dev", "-p", "my model", PREFIX_LAMBDA="p", **names)
        images.update(line for line in result.stderr.splitlines() if "in the repository" in line)
    assert len(images) == 2


def test_a_broken_newest_record_does_not_keep_a_deploy_from_saying_so(clone: Clone) -> None:
    clone.download = 'for to; do :; done; echo "{" >"$to"'
    clone.answer(LIVE)
    result = clone.run("-s", "dev", "-d", "my model")
    assert result.returncode == 1
    assert "push again with -p" in result.stderr and "unbound" not in result.stderr


def test_a_local_endpoint_without_l_is_not_taken_for_aws(clone: Clone) -> None:
    result = clone.run("-s", "dev", "-t", "my model", AWS_ENDPOINT_URL="http://127.0.0.1:1")
    assert result.returncode == 1
    assert "give -l" in result.stderr
    assert not clone.commands.called()


def test_a_setting_that_was_not_released_is_told_at_the_deploy(clone: Clone) -> None:
    (clone.model / "model.env").write_text("MEMORY_SIZE=700\n")
    result = clone.run("-s", "dev", "-d", "my model")
    assert result.returncode == 0, result.stderr
    assert "the release has MEMORY_SIZE=512, model.env 700" in result.stderr


def test_a_warning_of_the_aws_cli_is_no_status_of_a_stack(clone: Clone) -> None:
    clone.answer({**LIVE, "StackStatus": "echo a warning >&2; echo REVIEW_IN_PROGRESS"})
    result = clone.run("-s", "dev", "-r", "my model")
    assert result.returncode == 0, result.stderr


def test_a_record_that_cannot_be_fetched_is_not_said_to_be_missing(clone: Clone) -> None:
    clone.download = "echo 'No space left on device' >&2; exit 1"
    clone.answer(LIVE)
    result = clone.run("-s", "dev", "-d", "my model")
    assert result.returncode == 1
    assert "No space left" in result.stderr and "cannot be fetched" in result.stderr
    assert "+ aws s3 cp" in result.stderr


# An engine on which every image answers the model's example.
ENGINE = """case "$*" in
*Architecture*) echo amd64 1000 ;;
exec*) echo '{"statusCode": 200, "body": "{\\"y\\": 2}"}' ;;
esac"""


def measure(clone: Clone, advice: str, *flags: str) -> subprocess.CompletedProcess[str]:
    """Runs -b, whose sweep is replaced by some Python, with no word of a stage or of AWS."""
    clone.commands.stub("docker", ENGINE)
    clone.commands.link("env")
    module = clone.root / "benchmarks" / "suite" / "advice.py"
    module.parent.mkdir(parents=True)
    module.write_text(f"import sys\n{advice}\n")
    emulator = clone.root / "pipeline.sh"  # any file: the engine does not look
    return clone.run("-b", "-p", "my model", *flags, RIE_PATH=str(emulator))


def test_measuring_builds_and_checks_the_image_and_asks_nothing_of_aws(clone: Clone) -> None:
    (clone.model / "Dockerfile.other").write_text("FROM scratch\n")
    result = measure(clone, "print(*sys.argv[1:], sep=', ')", "-f", "Dockerfile.other")
    assert result.returncode == 0, result.stderr
    image, _, directory = result.stdout.strip().partition(", ")
    assert image.startswith("lambda-bench/my-model:")
    assert directory == f"{clone.root.parent}/my model"
    assert not clone.calls("aws ") and not clone.calls("docker push")
    (built,), (ran,) = clone.calls("docker build"), clone.calls("docker run")
    called = clone.commands.called()
    assert called.index(built) < called.index(ran)
    assert "Dockerfile.other" in built and f"--tag {image}" in built
    assert clone.calls("docker image rm", image)


def test_two_runs_measure_images_of_their_own(clone: Clone) -> None:
    first = measure(clone, "print(sys.argv[1])").stdout
    again = clone.run("-b", "-p", "my model", RIE_PATH=str(clone.root / "pipeline.sh"))
    assert again.returncode == 0 and again.stdout != first


def test_measuring_checks_with_all_memory_since_the_question_is_how_much_to_take(
    clone: Clone,
) -> None:
    measure(clone, "")
    assert clone.calls("docker run", "--memory 10240m")


def test_a_sweep_that_fails_fails_the_pipeline(clone: Clone) -> None:
    result = measure(clone, "sys.exit('bench: no container runs')")
    assert result.returncode == 1
    assert "bench: no container runs" in result.stderr


def test_modules_of_the_current_folder_are_not_taken_for_the_pipeline_s(clone: Clone) -> None:
    (clone.root.parent / "benchmarks").mkdir()
    (clone.root.parent / "benchmarks" / "__init__.py").write_text("raise OSError('not this')\n")
    assert measure(clone, "print('right')").stdout == "right\n"


def test_every_command_of_aws_and_docker_is_shown(clone: Clone) -> None:
    clone.commands.stub("docker")
    (clone.model / "Dockerfile").write_text("ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\n")
    result = clone.run("-s", "dev", "-r", "-p", "-d", "my model")
    assert result.returncode == 0, result.stderr
    shown = [
        line for line in result.stderr.splitlines() if line.startswith(("+ aws ", "+ docker "))
    ]
    made = clone.calls("aws ") + [call for call in clone.calls("docker ") if "info" not in call]
    assert len(shown) == len(made) > 10
