"""ComfyUI's workflows: named inputs, what follows from them, files that cannot be used, and what comes along."""

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.providers.comfyui.library import capabilities, library_of
from adapters.providers.comfyui.settings import Settings
from adapters.providers.comfyui.workflows import NAMES, Workflow, fill, read
from bot import config
from bot.errors import SettingFault
from bot.model import Capabilities, Operation, Promise, State
from tests.adapters.providers.comfy import open_comfy
from tests.bench.easel import png
from tests.flows.story import open_story

USUAL = {"steps": 20, "guidance": 7.0, "strength": 0.75, "scale": 2, "width": 1024, "height": 1024, "checkpoint": "sdxl.safetensors"}


def node(kind: str = "Text", **inputs: object) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs}


def workflow(name: str = "mine.json", limner: object = None, **nodes: dict[str, Any]) -> Workflow:
    return read(json.dumps({**nodes, **({"limner": limner} if limner is not None else {})}), name=name)


def inputs_of(filled: dict[str, Any], name: str = "a") -> Any:
    return filled[name]["inputs"]


def test_an_input_alone_keeps_its_type_and_one_in_a_text_becomes_text() -> None:
    found = workflow(a=node(seed="{{seed}}", cfg="{{ guidance }}", text="a photo of {{prompt}}, {{width}} wide", deep=[{"x": "{{steps}}"}]))
    filled = fill(found, {"seed": 2**32 - 1, "guidance": 3.5, "prompt": "a boat", "width": 640, "steps": 9}, USUAL, prefix="p")
    assert inputs_of(filled) == {"seed": 2**32 - 1, "cfg": 3.5, "text": "a photo of a boat, 640 wide", "deep": [{"x": 9}]}


def test_who_says_nothing_gets_what_the_workflow_says_then_what_is_usual() -> None:
    found = workflow(
        a=node(steps="{{steps=8}}", cfg="{{guidance=1.5}}", denoise="{{strength}}", no="{{negative=blurry, grey}}", style="{{style}}")
    )
    assert inputs_of(fill(found, {"steps": None}, USUAL, prefix="p")) == {
        "steps": 8,
        "cfg": 1.5,
        "denoise": 0.75,
        "no": "blurry, grey",
        "style": "",
    }
    assert inputs_of(fill(found, {"steps": 30}, USUAL, prefix="p"))["steps"] == 30


def test_what_a_person_writes_is_never_read_for_inputs() -> None:
    found = workflow(a=node(text="{{prompt}}", longer="({{prompt}}) {{seed}}"))
    filled = fill(found, {"prompt": "{{checkpoint}} {{seed}}", "seed": 3}, USUAL, prefix="p")
    assert inputs_of(filled) == {"text": "{{checkpoint}} {{seed}}", "longer": "({{checkpoint}} {{seed}}) 3"}


def test_filling_leaves_the_workflow_as_it_was() -> None:
    found = workflow(a=node(text="{{prompt}}"), s=node("SaveImage", images=["a", 0], filename_prefix="mine"))
    first = fill(found, {"prompt": "a boat"}, USUAL, prefix="limner/1")
    second = fill(found, {"prompt": "a fox"}, USUAL, prefix="limner/2")
    assert (inputs_of(first)["text"], inputs_of(second)["text"]) == ("a boat", "a fox")
    assert [inputs_of(filled, "s")["filename_prefix"] for filled in (first, second)] == ["limner/1", "limner/2"]


def test_links_and_notes_of_the_editor_stay() -> None:
    found = workflow(a={**node(images=["9", 0], batch=1, on=True, none=None), "_meta": {"title": "Draw {{it}}"}})
    filled = fill(found, {}, USUAL, prefix="p")
    assert filled["a"] == {**node(images=["9", 0], batch=1, on=True, none=None), "_meta": {"title": "Draw {{it}}"}}
    assert found.titles == {"a": "Draw {{it}}"}


@pytest.mark.parametrize(
    ("inputs", "operations"),
    [
        ({"t": "{{prompt}}"}, {Operation.DRAW}),
        ({"t": "{{prompt}}", "i": "{{image}}"}, {Operation.VARY, Operation.EDIT}),
        ({"t": "{{prompt}}", "i": "{{image}}", "m": "{{mask}}"}, {Operation.INPAINT}),
        ({"i": "{{image}}", "s": "{{scale}}"}, {Operation.UPSCALE}),
    ],
)
def test_what_it_can_do_follows_from_its_inputs(inputs: dict[str, str], operations: set[Operation]) -> None:
    assert workflow(a=node(**inputs)).operations == operations


def test_results_are_of_the_nodes_that_save_else_of_those_that_show() -> None:
    shown, saved = node("PreviewImage", images=["a", 0]), node("SaveImage", images=["a", 0])
    assert workflow(a=node(), p=shown, s=saved).outputs == ("s",)
    assert workflow(a=node(), p=shown).outputs == ("p",)
    assert workflow(a=node()).outputs == ()
    assert workflow(limner={"outputs": ["p"]}, a=node(), p=shown, s=saved).outputs == ("p",)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "no JSON"),
        ("[]", "no nodes"),
        ("{}", "no nodes"),
        ('{"nodes": [], "links": [], "version": 0.4}', "Export"),
        ('{"a": {"inputs": {}}}', "no node"),
        ('{"a": 7}', "no node"),
        ('{"a": {"class_type": "Text", "inputs": {"t": "{{promt}}"}}}', "promt"),
        ('{"a": {"class_type": "Text", "inputs": {}}, "limner": {"abuot": "x"}}', "abuot"),
        ('{"a": {"class_type": "Text", "inputs": {}}, "limner": {"operations": ["dance"]}}', "operations"),
        ('{"a": {"class_type": "Text", "inputs": {}}, "limner": {"outputs": ["9"]}}', "node 9"),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(text: str, why: str) -> None:
    with pytest.raises(SettingFault) as fault:
        read(text, name="mine.json")
    assert str(fault.value).startswith("COMFYUI_WORKFLOWS: mine.json ")
    assert why in str(fault.value)


def links_of(inputs: dict[str, Any]) -> list[str]:
    """The nodes that a node's inputs come from."""
    return [value[0] for value in inputs.values() if isinstance(value, list)]  # pyright: ignore[reportUnknownVariableType] - JSON is any value


def loaded(**settings: str) -> Settings:
    return config.load(Settings, "comfyui", {f"COMFYUI_{name.upper()}": value for name, value in settings.items()})


def write(folder: Path, name: str, limner: object = None, **inputs: str) -> None:
    graph = {"a": node("Text", **inputs), "s": node("SaveImage", images=["a", 0], filename_prefix="x")}
    (folder / name).write_text(json.dumps({**graph, **({"limner": limner} if limner is not None else {})}))


def models_of(settings: Settings) -> dict[str, Capabilities]:
    return {model: capabilities(model, workflows, settings) for model, workflows in library_of(settings).items()}


def test_files_of_one_name_are_one_model_and_dots_in_a_name_are_part_of_it(tmp_path: Path) -> None:
    write(tmp_path, "flux.1-dev.json", text="{{prompt}}", seed="{{seed}}")
    write(tmp_path, "flux.1-dev.inpaint.json", text="{{prompt}}", seed="{{seed}}", image="{{image}}", mask="{{mask}}")
    write(tmp_path, "flux.1-dev.upscale.json", text="{{prompt}}", seed="{{seed}}", image="{{image}}")
    write(tmp_path, "sd_xl_1.0.json", text="{{prompt}}", seed="{{seed}}", image="{{image}}")
    (tmp_path / "notes.txt").write_text("nothing")
    found = models_of(loaded(workflows=str(tmp_path)))
    assert list(found) == ["flux.1-dev", "sd_xl_1.0"]
    assert found["flux.1-dev"].operations == {Operation.DRAW, Operation.INPAINT, Operation.UPSCALE}
    assert found["sd_xl_1.0"].operations == {Operation.VARY, Operation.EDIT}


def test_a_models_facts_are_what_its_workflow_takes(tmp_path: Path) -> None:
    write(tmp_path, "bare.json", text="{{prompt}}")
    write(tmp_path, "full.json", t="{{prompt}} {{negative}} {{style}}", n="{{seed}} {{steps}} {{guidance}} {{strength}}", i="{{image}}")
    bare, full = models_of(loaded(workflows=str(tmp_path))).values()
    assert (bare.promise, bare.seedless, bare.negative, bare.steps, bare.strength) == (Promise.NOT_REPEATABLE, True, False, None, False)
    assert (full.promise, full.negative, full.steps, full.guidance) == (Promise.BEST_EFFORT, True, (1, 150), (0.0, 100.0))
    assert (full.strength, full.any_style, full.mask, full.keyed, full.most, full.price) == (True, True, False, True, 1, 0)


def test_notes_say_the_rest(tmp_path: Path) -> None:
    limner = {"about": "For posters.", "sides": [512, 1536], "multiple": 64, "pixels": 589824, "deadline": 60, "special": True}
    write(tmp_path, "posters.json", {**limner, "operations": ["draw", "outpaint"]}, text="{{prompt}}")
    (model,) = models_of(loaded(workflows=str(tmp_path))).values()
    assert (model.about, model.sides, model.multiple, model.pixels, model.deadline) == ("For posters.", (512, 1536), 64, 589824, 60)
    assert model.special
    assert model.operations == {Operation.DRAW, Operation.OUTPAINT}


def test_notes_are_not_sent(tmp_path: Path) -> None:
    write(tmp_path, "posters.json", {"about": "For posters."}, text="{{prompt}}")
    ((found,),) = library_of(loaded(workflows=str(tmp_path))).values()
    assert set(fill(found, {"prompt": "a"}, USUAL, prefix="p")) == {"a", "s"}


@pytest.mark.parametrize("folder", ["nonesuch", "empty"])
def test_a_folder_without_workflows_stops_the_start_and_says_what_to_set(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SettingFault, match="COMFYUI_WORKFLOWS"):
        library_of(loaded(workflows=str(tmp_path / folder)))


def test_what_comes_along_draws_redraws_and_inpaints_with_each_checkpoint() -> None:
    found = models_of(loaded(checkpoint="sd_xl_base_1.0.safetensors, photo/real.ckpt"))
    assert list(found) == ["sd_xl_base_1.0", "photo/real"]
    operations = {Operation.DRAW, Operation.VARY, Operation.EDIT, Operation.INPAINT}
    assert all(model.operations == operations and model.promise is Promise.BEST_EFFORT for model in found.values())
    larger = models_of(loaded(checkpoint="a.safetensors", upscaler="RealESRGAN_x4plus.pth"))["a"]
    assert larger.operations == {*operations, Operation.UPSCALE}
    assert larger.promise is Promise.BEST_EFFORT


def test_every_link_of_what_comes_along_leads_to_a_node() -> None:
    settings = loaded(checkpoint="a.safetensors", upscaler="RealESRGAN_x4plus.pth")
    (workflows,) = library_of(settings).values()
    assert len(workflows) == 4
    for each in workflows:
        filled = fill(each, dict.fromkeys(NAMES, 1), USUAL, prefix="p")
        used = {link for facts in filled.values() for link in links_of(facts["inputs"])}
        assert used <= set(filled)
        assert set(filled) - used == set(each.outputs), "and every node is used"
        assert "{{" not in json.dumps(filled)


async def test_a_workflow_of_ones_own_is_a_model_that_people_name(tmp_path: Path) -> None:
    folder = tmp_path / "workflows"
    folder.mkdir()
    write(folder, "posters.json", {"outputs": ["s"]}, text="poster: {{prompt}}", seed="{{seed}}", steps="{{steps=8}}")
    async with open_comfy() as comfy:
        comfy.picture, comfy.at_once = png(64), True
        settings = {"BOT_PROVIDERS": "comfyui", "COMFYUI_BASE_URL": comfy.url, "COMFYUI_WORKFLOWS": str(folder)}
        async with open_story(tmp_path, settings) as story:
            answer = await story.say('imagine a "small" boat --model posters --seed 7')
            failed = await story.until(answer.job)
            assert failed.state is State.FAILED, "the history's picture is of a node that is not this workflow's"
            entry = {"s": {"images": [{"filename": "p.png", "subfolder": "", "type": "temp"}]}}
            comfy.ending = {"outputs": entry}
            job = await story.drawn('imagine a "small" boat --model posters --seed 7')
            assert (job.model, job.images[0].seed) == ("posters", 7)
        assert comfy.graph()["a"]["inputs"] == {"text": 'poster: a "small" boat', "seed": 7, "steps": 8}
        assert comfy.viewed == [{"filename": "p.png", "subfolder": "", "type": "temp"}]
