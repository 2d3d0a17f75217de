"""What a Hugging Face directory gives for a text is read from its files, or refused by name."""

import json
from pathlib import Path
from typing import Any

import pytest

from apps.text.card import read_card
from pipeline.errors import GivenError
from pipeline.given import adoption
from pipeline.given.adoption import is_given
from pipeline.given.directory import write_directory
from pipeline.given.formats import recognise
from pipeline.given.huggingface import needed
from pipeline.given.inside import Inside
from pipeline.given.text import card_of
from tests.pipeline.given.directories import (
    BERT,
    CLASSIFIER,
    MEAN,
    MODULES,
    hugging_face,
    sentence_transformers,
    write,
)

LABELS = {"id2label": {"2": "c", "0": "a", "1": "b"}}


def test_sentence_transformers_give_embeddings(tmp_path: Path) -> None:
    made = sentence_transformers(tmp_path, sentence_bert_config={"max_seq_length": 256})
    assert card_of(made) == {
        "gives": "embeddings",
        "size": 384,
        "pooling": ["mean"],
        "normalize": True,
        "max_tokens": 256,
        "pad": 0,
        "lowercase": False,
        "transformer": "",
    }


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [
        ({"word_embedding_dimension": 8, "pooling_mode_cls_token": True}, (["cls"], 8)),
        ({"word_embedding_dimension": 8}, (["mean"], 8)),
        ({"embedding_dimension": 8, "pooling_mode": "max"}, (["max"], 8)),
        ({"embedding_dimension": 8, "pooling_mode": ["mean", "max"]}, (["mean", "max"], 16)),
        (
            {**MEAN, "pooling_mode_max_tokens": True, "pooling_mode_cls_token": True},
            (["cls", "max", "mean"], 1152),
        ),
    ],
)
def test_pooling_is_as_its_module_says(tmp_path: Path, pooling: Any, expected: Any) -> None:
    card = card_of(sentence_transformers(tmp_path, MODULES[:2], pooling))
    assert (card["pooling"], card["size"], card["normalize"]) == (*expected, False)


def test_the_transformer_may_be_in_a_folder_of_its_own(tmp_path: Path) -> None:
    lengths: Any = {"sentence_roberta_config": {"max_seq_length": 75, "do_lower_case": True}}
    made = sentence_transformers(tmp_path, transformer="0_Transformer", **lengths)
    card = card_of(made)
    assert (card["transformer"], card["max_tokens"], card["lowercase"]) == (
        "0_Transformer",
        75,
        True,
    )
    assert {file.relative_to(made).parts[0] for file in needed(made)} == {
        "0_Transformer",
        "1_Pooling",
        "modules.json",
    }


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (LABELS, ("label", ["a", "b", "c"])),
        ({}, ("label", ["LABEL_0", "LABEL_1"])),
        ({**LABELS, "problem_type": "single_label_classification"}, ("label", ["a", "b", "c"])),
        ({**LABELS, "problem_type": "multi_label_classification"}, ("labels", ["a", "b", "c"])),
        ({"id2label": {"0": "score"}}, ("labels", ["score"])),
        ({"id2label": {"0": "score"}, "problem_type": "regression"}, ("numbers", ["score"])),
    ],
)
def test_a_head_gives_labels_as_the_problem_type_says(
    tmp_path: Path, config: Any, expected: Any
) -> None:
    card = card_of(hugging_face(tmp_path, {**CLASSIFIER, **config}))
    assert (card["gives"], card["labels"]) == expected


@pytest.mark.parametrize(
    ("config", "tokenizer", "most"),
    [
        ({}, {}, 512),
        ({}, {"model_max_length": 128}, 128),
        ({}, {"model_max_length": 10**30}, 512),
        (
            {"model_type": "roberta", "max_position_embeddings": 514, "pad_token_id": 1},
            {"model_max_length": 10**30},
            512,
        ),
    ],
)
def test_the_least_of_the_lengths_holds(
    tmp_path: Path, config: Any, tokenizer: Any, most: int
) -> None:
    made = hugging_face(tmp_path, {**CLASSIFIER, **config}, tokenizer_config=tokenizer)
    assert card_of(made)["max_tokens"] == most


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (BERT, "BertModel gives a vector for each token, and there is no modules.json"),
        ({**BERT, "architectures": ["BertForMaskedLM"]}, "BertForMaskedLM is not taken, only"),
        ({"model_type": "gpt2", "architectures": ["GPT2Model"]}, "GPT2Model .*gpt2.* Export it"),
        ({**CLASSIFIER, "auto_map": {}}, "code of its directory, which is not run"),
        ({**CLASSIFIER, "quantization_config": {}}, "give the exact ones, and set PRECISION=int8"),
        ({**CLASSIFIER, "sentence_transformers": {}}, "cross-encoder, which takes pairs"),
        ({**CLASSIFIER, "id2label": {"0": "a", "1": "a"}}, "two labels .* have one name"),
    ],
)
def test_another_architecture_is_refused_by_name_with_the_way_out(
    tmp_path: Path, config: Any, words: str
) -> None:
    with pytest.raises(GivenError, match=words):
        card_of(hugging_face(tmp_path, config))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"modules": ("Transformer", "Pooling", "Dense")},
            "has Transformer, Pooling, Dense; taken",
        ),
        ({"pooling": {"embedding_dimension": 8, "pooling_mode": "lasttoken"}}, "by lasttoken is"),
        (
            {"config_sentence_transformers": {"default_prompt_name": "query"}},
            "the prompt 'query' before each text",
        ),
    ],
)
def test_what_would_change_embeddings_unseen_is_refused(
    tmp_path: Path, changes: Any, words: str
) -> None:
    with pytest.raises(GivenError, match=words):
        card_of(sentence_transformers(tmp_path, **changes))


def test_only_what_is_needed_is_taken(tmp_path: Path) -> None:
    made = sentence_transformers(tmp_path)
    for other in ("pytorch_model.bin", "tf_model.h5", "onnx/model.onnx", "README.md", "vocab.txt"):
        write(made / other, "")
    names = [file.relative_to(made).as_posix() for file in needed(made)]
    assert names == [
        *("1_Pooling/config.json", "config.json", "model.safetensors", "modules.json"),
        "tokenizer.json",
    ]


def test_weights_in_parts_are_all_needed(tmp_path: Path) -> None:
    made = hugging_face(tmp_path, CLASSIFIER)
    (made / "model.safetensors").rename(made / "a.safetensors")
    write(made / "model.safetensors.index.json", {"weight_map": {"x": "a.safetensors"}})
    assert made / "a.safetensors" in needed(made)
    (made / "a.safetensors").unlink()
    with pytest.raises(GivenError, match=r"names the file 'a\.safetensors', which must lie in"):
        needed(made)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("tokenizer.json", "AutoTokenizer.from_pretrained"),
        ("model.safetensors", r"save_pretrained\(DIR\) of the loaded model writes"),
    ],
)
def test_a_missing_file_is_named_with_what_writes_it(tmp_path: Path, name: str, words: str) -> None:
    made = hugging_face(tmp_path, CLASSIFIER)
    (made / name).unlink()
    with pytest.raises(GivenError, match=words):
        needed(made)


def test_a_pointer_of_git_lfs_is_named(tmp_path: Path) -> None:
    made = hugging_face(tmp_path, CLASSIFIER)
    (made / "model.safetensors").write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(GivenError, match="git lfs pull"):
        needed(made)


def test_a_model_directory_is_none_of_them(tmp_path: Path) -> None:
    assert is_given(hugging_face(tmp_path, CLASSIFIER))
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    assert not is_given(tmp_path)


def test_the_model_directory_has_the_card_and_the_files_where_its_dockerfile_wants_them(
    tmp_path: Path,
) -> None:
    made = sentence_transformers(tmp_path / "mini", transformer="0_Transformer")
    write_directory(Inside(made), recognise(made), tmp_path / "made")
    written = {path.relative_to(tmp_path / "made").as_posix() for path in files(tmp_path / "made")}
    assert written == {
        *("Dockerfile", "README.md", "model.env", "requirements-export.txt", "wheels.txt"),
        *("requirements-export.in", "torch.in", "torch.txt", "app/requirements.in"),
        *("app/app.py", "app/card.json", "app/requirements.txt", "model/modules.json"),
        *(f"model/0_Transformer/{name}" for name in ("config.json", "tokenizer.json")),
        *("model/0_Transformer/model.safetensors", "model/1_Pooling/config.json"),
    }
    card = json.loads((tmp_path / "made" / "app" / "card.json").read_text())
    assert card == card_of(made)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_app_reads_the_card_that_is_written(tmp_path: Path) -> None:
    for name, made in {
        "embeds": sentence_transformers(tmp_path / "embeds"),
        "classifies": hugging_face(tmp_path / "classifies", CLASSIFIER),
    }.items():
        write(tmp_path / f"{name}.json", card_of(made))
        assert read_card(str(tmp_path / f"{name}.json")).max_tokens == 512


def test_an_exported_precision_is_written_and_makes_another_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adoption, "MADE", tmp_path / "models")
    monkeypatch.setattr(adoption, "make_golden", golden)
    source = sentence_transformers(tmp_path / "mini")
    made = {
        precision: adoption.adopt(source, {"PRECISION": precision} if precision else {}, True)
        for precision in ("", "int8")
    }
    assert {path.name for path in made.values()} == {"mini"} and made[""] != made["int8"]
    for precision, path in made.items():
        assert f"PRECISION={precision or 'exact'}\n" in (path / "model.env").read_text()


def golden(directory: Path, _environ: Any, _stays_here: bool) -> str:
    write(directory / "example.json", {"request": {"inputs": "a"}, "answer": {}})
    return "found"
