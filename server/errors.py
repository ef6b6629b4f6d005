"""Every error of the house on one screen; a class's docstring is its default message.

Errors carry their subject as attributes, so that each door says it in its own form.
`web/errors.py` maps the families to HTTP in one table.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from server.units import Ms


class StepbackError(Exception):
    """Something in Stepback went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)


class SettingsError(StepbackError):
    """A setting is wrong."""


# ── words ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake in a script, at its place, with what would have been right."""

    path: str
    """The file's name as the person gave it."""
    line: int
    """Counted from 1, in the file as it is on disk."""
    column: int
    """Counted from 1, in characters."""
    message: str
    """What is wrong, as one sentence."""
    expected: str = ""
    """What would have been right here; empty where the message says it all."""
    nearest: str = ""
    """The known word nearest to the one that was written; empty where none is near."""

    def __str__(self) -> str:
        hint = f" Expected {self.expected}." if self.expected else ""
        guess = f" Did you mean '{self.nearest}'?" if self.nearest else ""
        return f"{self.path}:{self.line}:{self.column}: {self.message}{hint}{guess}"


class InvalidScript(StepbackError):
    """The script has mistakes."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


# ── time ─────────────────────────────────────────────────────────────────────────────────────


class InvalidOptions(StepbackError):
    """A choice for this practice cannot be met."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class SoundMissing(StepbackError):
    """A sound that the practice uses is not in this house any more."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The practice uses the sound '{name}', which is not in this house any more."
        )


class NotLive(StepbackError):
    """This practice asks nothing, so it cannot be sat with live."""


class NothingToHear(StepbackError):
    """On these lines there is nothing to be heard."""


class TooShort(StepbackError):
    """The practice cannot be as short as asked."""

    def __init__(self, *, shortest_ms: Ms) -> None:
        minutes, seconds = divmod(-(-shortest_ms // 1000), 60)
        super().__init__(
            f"With these choices the practice needs at least {minutes} min {seconds} s. "
            "Choose a longer length."
        )
        self.shortest_ms = shortest_ms


# ── speech ───────────────────────────────────────────────────────────────────────────────────


class VoiceError(StepbackError):
    """A sentence could not be spoken."""


class VoiceUnavailable(VoiceError):
    """The voice is not installed, or its model file is damaged."""


class VoiceRefused(VoiceError):
    """This cannot be installed as a voice."""


class VoiceCrashed(VoiceError):
    """The voice's process ended in the middle of a sentence."""


class VoiceTimedOut(VoiceError):
    """The voice took too long over a sentence and was stopped."""


class VoiceOutOfMemory(VoiceError):
    """The voice wanted more memory than a sentence may take and was stopped."""


class NothingSpoken(VoiceError):
    """The voice made no sound for a sentence."""


# ── sound ────────────────────────────────────────────────────────────────────────────────────


class AudioError(StepbackError):
    """The sound could not be made."""


class FfmpegFailed(AudioError):
    """ffmpeg is missing, or ended with an error."""


class SoundRefused(AudioError):
    """This file cannot be used as a sound; the message says why."""


class RecordingMissing(AudioError):
    """A sentence's own recording was taken away meanwhile. Please ask for the practice again."""


class ReportRefused(AudioError):
    """The finished sound did not pass its report, so it was not published."""


# ── memory ───────────────────────────────────────────────────────────────────────────────────


class NotFound(StepbackError):
    """There is nothing here."""


class PracticeNotFound(NotFound):
    """There is no practice of this name."""


class CoverNotDrawn(StepbackError):
    """This picture is still being drawn. Please ask for it again in a moment."""


class RenderNotFound(NotFound):
    """There is no such recording."""


class SittingNotFound(NotFound):
    """There is no such sitting; it may be over. A new one can be begun."""


class ScriptNotFound(NotFound):
    """There is no such script."""


class WorksheetNotFound(NotFound):
    """There is no worksheet of this name."""


class VersionNotFound(NotFound):
    """This version of the script is not kept any more."""


class CaseNotFound(NotFound):
    """There is nothing here."""


class FeedEnded(NotFound):
    """This feed has ended."""


class InvitationGone(NotFound):
    """This link is used, or too old, or was taken back."""


class EmailTaken(StepbackError):
    """Somebody with this e-mail address is already here; `stepback people list` names them."""


class LoudspeakerNotFound(NotFound):
    """There is no such loudspeaker; it may have been ended. A new code begins another."""


class CodeRefused(NotFound):
    """This code opens nothing: it was used, or its ten minutes are over. Please show a new one."""


class KeyGone(NotFound):
    """What was written here was erased and cannot be read any more."""


class DeviceTaken(StepbackError):
    """This device is somebody's already who has joined."""


class TooManyFeeds(StepbackError):
    """There are as many private feeds as one person may have. One of them has to go first."""


class SealBroken(StepbackError):
    """Something that was sealed has been changed, or lies where it does not belong."""


class NotAllErased(StepbackError):
    """What a client wrote cannot be read any more, but something of theirs is still there."""


class EntryConflict(StepbackError):
    """A different entry with this id is already in the log; both were kept."""


class SubmissionConflict(EntryConflict):
    """A different worksheet with this id has already come; both were kept."""


class StorageFull(StepbackError):
    """The disk is full; nothing was published."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"The disk that holds {path} is full; nothing was published.")


class BackupRefused(StepbackError):
    """The backup cannot be used."""


class MoveRefused(StepbackError):
    """The house cannot be moved there."""


class SchemaMismatch(StepbackError):
    """The database is not of this version's shape. Run `stepback migrate`."""


class DatabaseUnavailable(StepbackError):
    """The database cannot be reached just now. Nothing was changed; please try again."""


class StoreUnavailable(StepbackError):
    """The store of recordings cannot be reached just now. Nothing is lost; please try again."""


class QueueUnavailable(StepbackError):
    """The queue cannot be reached just now. What was ordered is kept, and made later."""


class Busy(StepbackError):
    """Too much is waiting just now. Please try again in a minute."""


class ScriptChanged(StepbackError):
    """The file was changed on disk since it was opened here. Nothing was written."""


class ScriptNotWritten(StepbackError):
    """The file cannot be written. The text is still in the editor, and kept on this device."""


# ── workshop and door ────────────────────────────────────────────────────────────────────────────


class RenderCancelled(StepbackError):
    """The render was cancelled."""


class RenderInterrupted(StepbackError):
    """The render goes back for now: its worker is stopping, or a listener's goes first."""


class InputRefused(StepbackError):
    """The request's body cannot be read."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field
