"""One render without the queue: a script into a file of one's own, as `stepback render` does."""

from __future__ import annotations

import json
import os
import shutil
from functools import partial
from pathlib import Path

from server.audio import finish_clip
from server.config import Settings
from server.render.additions import find_additions
from server.render.model import OnProgress, Order, Product
from server.render.order_book import guess_timeline
from server.render.own_files import check_folder, put_file
from server.render.produce import produce
from server.render.speech import clip_keys, private_keys
from server.render.voices import house_voices
from server.script import Script
from server.store import Shelf
from server.timeline import Options, content_key, plan, plan_key
from server.voice import open_speaker


def render_once(
    settings: Settings,
    script: Script,
    source: str,
    *,
    options: Options,
    voice_name: str,
    out: Path,
    on_progress: OnProgress,
    takes: int = 1,
) -> Product:
    """Render a script to the MP3 `out`, with its report beside it.

    Clips stay on the shelf for the next time; of a render with own words, nothing does. An
    empty `voice_name` is the script's own voice. Of `takes` of each sentence that is not on the
    shelf yet the best is kept. Raises what plan() and produce() raise, and a
    StepbackError where `out` cannot be written.
    """
    check_folder(out)
    planned = plan(script, options, find_additions(settings, script.slug))
    guess_timeline(planned)
    voices = house_voices(settings)
    voice = voices.get(voice_name or script.voice)
    order = Order(
        script=script,
        plan=planned,
        render_key=plan_key(planned, voice.key),
        script_key=content_key("script", source),
        private_salt=os.urandom(32) if planned.is_private else None,
    )
    shelf = Shelf(settings.cache_path)
    speaker = open_speaker(
        voice.name, finish=finish_clip, processes=settings.voice_processes, voices=voices
    )
    try:
        product = produce(order, speaker=speaker, shelf=shelf, on_progress=on_progress, takes=takes)
        _copy_out(shelf.render_folder(order.render_key), product, out)
    finally:
        speaker.close()
        if planned.is_private:
            shelf.remove_render(order.render_key)
            shelf.remove_clips(private_keys(clip_keys(order, speaker)))
    return product


def _copy_out(folder: Path, product: Product, out: Path) -> None:
    """Put the MP3 and its report where they were asked for: whole, or not at all."""
    mp3 = next(file for file in product.files if file.kind == "mp3")
    report = json.dumps(product.report, indent=2, ensure_ascii=False) + "\n"
    put_file(out, partial(shutil.copyfile, folder / mp3.file_name))
    put_file(out.with_suffix(".report.json"), lambda part: part.write_text(report, "utf-8"))
