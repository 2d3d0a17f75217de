import pytest
import torch
from torch import Generator, Tensor, nn

from engines.torch.build.description import Described, DescriptionError, Input
from engines.torch.build.exporting import card, exported

ROWS = Input(torch.float32, ("n", 4))
OPEN = {"n": (1, 8)}


class Function(nn.Module):
    """A network that is one function of its inputs."""

    def __init__(self, function: object) -> None:
        super().__init__()
        self.function = function
        self.register_buffer("state", torch.zeros(4))

    def forward(self, *inputs: Tensor) -> object:
        """Whatever the function makes."""
        assert callable(self.function)
        return self.function(*inputs)


def described(function: object, *outputs: str, **inputs: Input) -> Described:
    """A network of one function, with an open number of rows."""
    return Described(Function(function).eval(), inputs or {"x": ROWS}, outputs or ["y"], OPEN)


def test_a_network_in_training_is_refused() -> None:
    with pytest.raises(DescriptionError, match="call its eval"):
        Described(nn.Linear(4, 2), {"x": ROWS}, ["y"], OPEN)


def test_whole_numbers_must_have_their_bounds() -> None:
    with pytest.raises(DescriptionError, match=r"x is torch.int64: say which values .*values="):
        described(lambda x: x, x=Input(torch.int64, ("n",)))


@pytest.mark.parametrize("sizes", [{}, {"n": (1, 8), "m": (1, 8)}, {"m": (1, 8)}])
def test_open_sizes_and_shapes_must_have_the_same_names(sizes: dict[str, tuple[int, int]]) -> None:
    with pytest.raises(DescriptionError, match="open_sizes and the inputs' shapes differ in"):
        Described(nn.ReLU().eval(), {"x": ROWS}, ["y"], sizes)


@pytest.mark.parametrize("bounds", [(3, 2), (-1, 4), (4, 4), (0, 1)])
def test_bounds_that_leave_nothing_open_are_refused(bounds: tuple[int, int]) -> None:
    with pytest.raises(DescriptionError, match="open_sizes: n must be"):
        Described(nn.ReLU().eval(), {"x": ROWS}, ["y"], {"n": bounds})


def test_random_inputs_have_the_sizes_and_values_that_are_described() -> None:
    generator = Generator().manual_seed(0)
    letters = Input(torch.int64, ("n", 3), values=(2, 5)).random({"n": 50}, generator)
    assert letters.shape == (50, 3) and set(letters.flatten().tolist()) == {2, 3, 4, 5}
    shares = Input(torch.float64, ("n",), values=(-1, 2)).random({"n": 500}, generator)
    assert shares.dtype is torch.float64 and -1 <= shares.min() < -0.9 < 1.9 < shares.max() <= 2
    pixels = Input(torch.uint8, ("n",)).random({"n": 5000}, generator)
    assert (int(pixels.min()), int(pixels.max())) == (0, 255)
    assert set(Input(torch.bool, (50,)).random({}, generator).tolist()) == {False, True}


def in_place(x: Tensor) -> Tensor:
    return x.add_(1)


REFUSED = {
    "an input that changes": (in_place, "changes its input in place: clone"),
    "too many outputs": (lambda x: (x + 1, x + 2), "outputs has y, but the network returns 2"),
    "an output that is no tensor": (lambda x: (x + 1, 3), "must return tensors"),
    "a complex output": (lambda x: torch.fft.fft(x), "y is complex64: convert it"),
    "a fixed size": (lambda x: x + torch.zeros(8, 4), "cannot export the network: .*n"),
}


@pytest.mark.parametrize(("function", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_served_is_refused_with_what_to_do(function: object, message: str) -> None:
    made = described(function)
    with pytest.raises(DescriptionError, match=message):
        card(made, exported(made))


class Counter(nn.Module):
    """A network that remembers."""

    runs: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("runs", torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        """Shape (n, 4)."""
        self.runs.add_(1)
        return x + self.runs


def test_a_network_that_remembers_its_runs_is_refused() -> None:
    with pytest.raises(DescriptionError, match="changes runs when it runs"):
        exported(Described(Counter().eval(), {"x": ROWS}, ["y"], OPEN))


def test_sizes_that_are_equal_by_chance_are_not_taken_for_one() -> None:
    inputs = {"x": Input(torch.float32, ("n", "m"))}
    made = Described(nn.ReLU().eval(), inputs, ["y"], {"n": (1, 8), "m": (1, 8)})
    (output,) = card(made, exported(made)).outputs
    assert output.shape == ("n", "m")
