"""Models that would write or read elsewhere, replace the app, or cost the host what it has."""

import gzip
import io
import json
import resource
import struct
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from pipeline.errors import GivenError
from pipeline.given.adoption import adopt
from pipeline.given.directory import write_directory
from pipeline.given.formats import recognise
from pipeline.given.mlmodel import read_mlmodel
from pipeline.given.opening import opened
from tests.pipeline.given.test_onnx import saved

REPOSITORY = Path(__file__).resolve().parents[3]
BOOSTER = REPOSITORY / "xgboost-example" / "app" / "model.ubj"
ENCODER = {
    "model_type": "bert",
    "architectures": ["BertForSequenceClassification"],
    "id2label": {"0": "a", "1": "b"},
}
MAX_CPU_SECONDS = 1.0
MAX_MEMORY_BYTES = 400 << 20


def write(given: Path, into: Path) -> None:
    """Write the model directory of what is given, as -p does before the build."""
    with opened(given) as inside:
        write_directory(inside, recognise(inside.model), into)


@pytest.fixture
def encoder(tmp_path: Path) -> Path:
    """A directory of Hugging Face's whose weights have an index."""
    folder = tmp_path / "evil"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(ENCODER))
    (folder / "tokenizer.json").write_text("{}")
    return folder


@pytest.mark.parametrize("name", ["s/../../secret", "../secret", "/etc/passwd", "a\0b", ""])
def test_weights_with_a_way_out_in_their_name_are_refused(
    encoder: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / "secret").write_text("secret")
    (encoder / "deep" / "er").mkdir(parents=True)
    (encoder / "s").symlink_to("deep/er")
    index = {"weight_map": {"w": name}}
    (encoder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(GivenError, match="leads out of its folder"):
        write(encoder, tmp_path / "made")


@pytest.mark.parametrize("path", ["..", "/", "../evil/inner"])
def test_modules_elsewhere_are_refused(encoder: Path, tmp_path: Path, path: str) -> None:
    modules = [{"type": "sentence_transformers.models.Transformer", "path": path}]
    (encoder / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(GivenError, match="leads out of its folder"):
        write(encoder, tmp_path / "made")


@pytest.mark.parametrize("name", ["app.py", "requirements.txt", "card.json", "serving/w.bin"])
def test_weights_do_not_take_the_place_of_the_app(tmp_path: Path, name: str) -> None:
    (tmp_path / "serving").mkdir()
    path = saved(tmp_path, name)
    with pytest.raises(GivenError, match="take the place of the app's own"):
        write(path, tmp_path / "made")


@pytest.mark.parametrize("name", ["app.py", "requirements.txt", "model.ubj"])
def test_labels_do_not_take_the_place_of_the_app(tmp_path: Path, name: str) -> None:
    path = tmp_path / "churn.ubj"
    path.write_bytes(BOOSTER.read_bytes())
    (tmp_path / name).write_text("raise SystemExit('ran')")
    (tmp_path / "columns.json").write_text(json.dumps({"labels_file": name}))
    with pytest.raises(GivenError, match="take the place of"):
        write(path, tmp_path / "made")


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "id_rsa").write_text("secret")
    folder = tmp_path / "model"
    folder.mkdir()
    path = saved(folder, "w.bin")
    (folder / "w.bin").unlink()
    (folder / "w.bin").symlink_to(tmp_path / "id_rsa")
    with pytest.raises(GivenError, match="is a link out of its folder"):
        write(path, tmp_path / "made")


@pytest.mark.parametrize("example", ["../secret.json", "/etc/passwd", "/dev/zero"])
def test_an_input_example_elsewhere_is_refused(tmp_path: Path, example: str) -> None:
    folder = tmp_path / "mlflow"
    folder.mkdir()
    (folder / "model.ubj").write_bytes(BOOSTER.read_bytes())
    (tmp_path / "secret.json").write_text('{"columns": ["a"], "data": [["secret"]]}')
    inputs = json.dumps([{"name": "a", "type": "double"}])
    (folder / "MLmodel").write_text(
        "flavors:\n  xgboost:\n    data: model.ubj\n"
        f"saved_input_example_info:\n  artifact_path: {example}\n  type: dataframe\n"
        f"signature:\n  inputs: '{inputs}'\n"
    )
    with pytest.raises(GivenError, match="leads out of its folder"), opened(folder):
        pass


@pytest.mark.parametrize(
    "text",
    ["flavors: yes", "flavors:\n  xgboost: yes", "flavors:\n  xgboost:\n    data: a\\0b"],
)
def test_an_mlmodel_of_another_form_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "MLmodel").write_text(text.replace("\\0", "\0"))
    with pytest.raises(GivenError), opened(tmp_path):
        pass


@pytest.mark.timing
def test_a_scalar_that_never_ends_costs_little() -> None:
    started = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    read_mlmodel("x: 'a\n" + "a\n" * 32_000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - started < MAX_CPU_SECONDS


# Opens what it is given in a process of its own, and tells what that took.
OPENING = """
import resource, sys
from pathlib import Path
from pipeline.errors import GivenError
from pipeline.given.opening import opened
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
try:
    with opened(Path(sys.argv[1])):
        print("taken")
except GivenError as error:
    print(error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_utime)
"""


def opening(path: Path) -> tuple[str, float]:
    """What is said of an archive, and the seconds of CPU that it took."""
    command = [sys.executable, "-c", OPENING, str(path), str(MAX_MEMORY_BYTES)]
    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60)
    said, seconds = ran.stdout.splitlines()[-2:]
    return said, float(seconds)


@pytest.mark.timing
def test_a_header_that_unpacks_to_much_is_refused_before_it_is_read(tmp_path: Path) -> None:
    member = tarfile.TarInfo("header")
    member.type, member.size = tarfile.XHDTYPE, 600 << 20
    with gzip.open(tmp_path / "model.tar.gz", "wb", compresslevel=1) as file:
        file.write(member.tobuf(tarfile.USTAR_FORMAT))
        for _ in range(600):
            file.write(bytes(1 << 20))
    said, seconds = opening(tmp_path / "model.tar.gz")
    assert "a header that is too large" in said
    assert seconds < MAX_CPU_SECONDS


@pytest.mark.timing
@pytest.mark.parametrize(("depth", "members"), [(400, 1), (30, 400)])
def test_folders_count_and_lie_not_too_deep(tmp_path: Path, depth: int, members: int) -> None:
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as archive:
        for number in range(members):
            name = f"{number}/" + "a/" * depth + "m"
            archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    said, seconds = opening(tmp_path / "model.tar.gz")
    assert "more than 32 folders" in said or "10000 files" in said
    assert seconds < 5 * MAX_CPU_SECONDS


def test_a_schema_that_unpacks_to_much_is_not_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.skops", "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("schema.json", "w") as file:
            for _ in range(100):
                file.write(bytes(1 << 20))
    with pytest.raises(GivenError, match="larger than 64 MiB"):
        recognise(tmp_path / "m.skops")


def damaged_archives() -> dict[str, bytes]:
    """Zip files that zipfile opens, and then cannot read."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("schema.json", "x" * 100)
    whole = content.getvalue()
    name = whole.index(b"schema.json", 60)
    return {
        "content": whole.replace(b"xxxx", b"yyyy", 1),
        "encrypted": whole[: name - 38] + struct.pack("<H", 1) + whole[name - 36 :],
        "compression": whole[: name - 36] + struct.pack("<H", 99) + whole[name - 34 :],
    }


@pytest.mark.parametrize("kind", damaged_archives())
def test_an_archive_that_cannot_be_read_is_named(tmp_path: Path, kind: str) -> None:
    (tmp_path / "m.skops").write_bytes(damaged_archives()[kind])
    with pytest.raises(GivenError, match="damaged, or packed as nothing here reads"):
        recognise(tmp_path / "m.skops")


def test_the_pipeline_s_own_code_is_out_of_reach(encoder: Path, tmp_path: Path) -> None:
    code = REPOSITORY / "pipeline" / "errors.py"
    before = code.read_bytes()
    (encoder / "x1/x2/x3/x4/x5/x6/x7").mkdir(parents=True)
    (encoder / "pipeline").mkdir()
    (encoder / "pipeline" / "errors.py").write_text("raise SystemExit('ran')")
    (encoder / "s").symlink_to("x1/x2/x3/x4/x5/x6/x7")
    index = {"weight_map": {"w": "s/../../../../../../../pipeline/errors.py"}}
    (encoder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(GivenError):
        adopt(encoder, {}, stays_here=True)
    assert code.read_bytes() == before
