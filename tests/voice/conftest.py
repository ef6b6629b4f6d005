"""Small voices made on the spot: real files for the real Piper, which speak one steady sound."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from onnx import TensorProto, helper

CONFIG = {
    "language": {"code": "en_GB"},
    "audio": {"sample_rate": 22_050},
    "espeak": {"voice": "en-us"},
    "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
    "phoneme_type": "espeak",
    "phoneme_id_map": {symbol: [number] for number, symbol in enumerate("_^$ abcdefghijklmnop")},
    "num_symbols": 256,
    "num_speakers": 1,
}


def model_of(*inputs: str) -> bytes:
    """Make a model that answers whatever it is given with half a second of a constant."""
    kinds = {"scales": TensorProto.FLOAT}
    graph = helper.make_graph(
        [
            helper.make_node(
                "ConstantOfShape",
                ["shape"],
                ["output"],
                value=helper.make_tensor("value", TensorProto.FLOAT, [1], [0.3]),
            )
        ],
        "tone",
        [
            helper.make_tensor_value_info(name, kinds.get(name, TensorProto.INT64), None)
            for name in inputs
        ],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, 1, 11_025])],
        [helper.make_tensor("shape", TensorProto.INT64, [4], [1, 1, 1, 11_025])],
    )
    opset = helper.make_opsetid("", 17)
    return helper.make_model(graph, opset_imports=[opset], ir_version=8).SerializeToString()


PIPERS = model_of("input", "input_lengths", "scales")


@pytest.fixture(scope="session")
def make_model() -> Callable[..., bytes]:
    """Make a small model with inputs of these names."""
    return model_of


@pytest.fixture(scope="session")
def config() -> dict[str, object]:
    """The description of a small voice."""
    return CONFIG


@pytest.fixture
def bring(tmp_path: Path) -> Callable[..., Path]:
    """Put a voice's files into a folder, as somebody brings them."""
    folder = tmp_path / "brought"
    folder.mkdir()

    def bring(stem: str = "en_GB-tone-low", *, model: bytes | None = None, **changes) -> Path:
        (folder / f"{stem}.onnx").write_bytes(PIPERS if model is None else model)
        (folder / f"{stem}.onnx.json").write_text(json.dumps({**CONFIG, **changes}))
        return folder

    return bring
